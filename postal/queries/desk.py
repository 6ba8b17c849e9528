"""What a clerk's device needs for a day: the list, who may collect, what is marked already."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from django.conf import settings

from beneficiaries.models import Payee
from common.text import fold
from postal import words
from postal.models import Mark, PayDay
from postal.queries.lists import ListRow, PayList, pay_lists
from postal.queries.marks import day_marks, day_states
from postal.queries.settlement import waiting_stops


def desk_list(*, day: PayDay) -> dict[str, Any]:
    """The day's list for the device of a clerk of its point. No identity number is in it: a scanned card is matched
    by the hash of its number under the day's own key."""
    key = hmac.digest(settings.SECRET_KEY.encode(), f"pay desk {day.pk}".encode(), "sha256").hex()
    marks, states = day_marks(day=day), day_states(day=day)
    lists = pay_lists(days=[day])
    shown = {payee.id for made in lists for row in made.rows for payee in row.payees}
    shown |= {payee.id for made in lists for row in made.rows for payee in row.lapsed}
    cards = Payee.objects.in_bulk(shown)
    stopping = {order.payment_id for order in waiting_stops(day=day)}
    rows = [
        _row(made, row, key, cards)
        | {"stop": row.payment in stopping}
        | _state(marks.get(row.payment, []), states.get(row.payment))
        for made in lists
        for row in made.rows
    ]
    return {
        "day": day.pk,
        "point": day.point.name,
        "date": day.day.isoformat(),
        "sealed": day.sealed_at is not None,
        "key": key,
        "rows": rows,
    }


def scan_hash(number: str, key: str) -> str:
    """How a card's number is compared without being sent: the device reckons the same from what it scans."""
    return hashlib.sha256(f"{key}{number}".encode()).hexdigest()[:32]


def _row(made: PayList, row: ListRow, key: str, cards: dict[int, Payee]) -> dict[str, Any]:
    payees = [
        {
            "id": payee.id, "role": payee.role, "name": payee.name, "national_id": payee.national_id,
            "document": payee.document,
            "scan": scan_hash(card.national_id, key) if (card := cards[payee.id]).national_id else "",
        }
        for payee in row.payees
    ]  # fmt: skip
    lapsed = [
        {
            "name": payee.name, "since": f"{payee.since:%d/%m/%Y}",
            "scan": scan_hash(card.national_id, key) if (card := cards[payee.id]).national_id else "",
        }
        for payee in row.lapsed
    ]  # fmt: skip
    return {
        "payment": str(row.payment), "number": row.number, "scheme": made.batch.get_scheme_display(),
        "name": row.name, "folded": fold(row.name), "birth": row.birth, "national_id": row.masked_id,
        "hamlet": row.hamlet, "amount": row.amount, "regular": row.regular, "arrears": row.arrears,
        "recovery": row.recovery, "dead": row.dead, "payees": payees, "lapsed": lapsed, "paid": row.outcome == "paid",
        "scan": scan_hash(row.national_id, key) if row.national_id else "",
        "receipt": f"{made.day.day:%d%m}-{made.day.pk}-{made.batch.scheme[0]}{row.number}",
    }  # fmt: skip


def _state(marks: list[Mark], state: Any) -> dict[str, Any]:
    if state is None:
        return {"state": "", "by": "", "conflicts": []}
    counted = next((mark for mark in marks if mark.pk == state.mark), None)
    return {
        "state": str(state.kind),
        "by": str(counted.clerk) if counted else "",
        "reason": counted.get_reason_display() if counted and counted.reason else "",
        "conflicts": [str(words.CONFLICTS[conflict]) for conflict in sorted(state.conflicts)],
    }
