"""What the province sees of its banks: the directory, the funds, one list's way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.access import Action, Reader
from banks.models import Inquiry, InquiryState, Notice
from banks.reasons import in_words
from beneficiaries.models import Channel, PayoutMethod, Provider
from common import sql
from payments.models import Batch, Event, Payment, StopOrder, month_id_range
from payments.transitions import Outcome


def directory() -> QuerySet[Provider]:
    """The banks in use, those with clients or accounts on the roll first."""
    today = timezone.localdate()
    current = Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    accounts = (
        PayoutMethod.objects.filter(current, channel=Channel.BANK).values("provider").annotate(n=Count("pk"))
    )
    counts = {row["provider"]: row["n"] for row in accounts}
    waiting = (
        Inquiry.objects.filter(state=InquiryState.WAITING).values_list("provider").annotate(n=Count("pk"))
    )
    asked = dict(waiting)
    banks = Provider.objects.filter(channel=Channel.BANK, active=True).annotate(
        programs=Count("clients", filter=Q(clients__active=True))
    )
    found = list(banks.order_by("short_name"))
    for bank in found:
        bank.accounts, bank.asked = counts.get(bank.code, 0), asked.get(bank.code, 0)  # type: ignore[attr-defined]
    found.sort(key=lambda bank: (-bank.programs, -bank.accounts, bank.short_name))  # type: ignore[attr-defined]
    return found  # type: ignore[return-value]


def trial_lists(*, provider: str) -> QuerySet[Batch]:
    """A bank's lists for trying out, newest first, each with how many results have arrived (`answered`)."""
    return (
        Batch.objects.filter(provider=provider, round__cycle__sandbox=True)
        .select_related("round")
        .annotate(answered=Count("payments__outcome"))
        .order_by("-pk")
    )


@dataclass(frozen=True, slots=True)
class Funds:
    """What was sent to one provider in a cycle and where it is, in đồng: sent = paid + back + in_hand."""

    provider: str
    name: str
    sent: int
    paid: int
    back: int
    in_hand: int


def funds(*, month: date, reader: Reader) -> list[Funds]:
    """Per provider the money of released lists: paid out, back with us (failed, returned, stopped), still in hand."""
    low, high = month_id_range(month)
    params = {"low": low, "high": high, "units": list(reader.units(Action.SEE_PAYMENTS))}
    with connection.cursor() as cursor:
        return [Funds(**row) for row in sql.rows(cursor, "banks", "funds", params)]


def failures(*, batch: Batch, limit: int = 500) -> list[dict[str, Any]]:
    """The payments of a list that did not arrive: name, outcome, day, the bank's code and what the commune is told."""
    found = (
        Payment.objects.filter(batch=batch, outcome__in=[Outcome.FAILED, Outcome.RETURNED])
        .select_related("person", "payout_method", "commune")
        .order_by("person__name_sort", "pk")[:limit]
    )
    rows = list(found)
    latest: dict[int, str] = {}
    for event in Event.objects.filter(payment__in=[row.pk for row in rows]).order_by("pk"):
        latest[event.payment_id or 0] = event.reason
    return [
        {
            "person_id": row.person_id,
            "name": row.person.name,
            "commune": row.commune.name,
            "outcome": row.outcome,
            "outcome_label": row.get_outcome_display(),
            "on": row.outcome_on,
            "code": latest.get(row.pk, "")[:4],
            "words": in_words(latest.get(row.pk, "")),
            "marked": bool(row.payout_method and row.payout_method.failed_on),
        }
        for row in rows
    ]


def stop_orders(*, batch: Batch) -> QuerySet[StopOrder]:
    """The stop orders for payments of a list, newest first."""
    return (
        StopOrder.objects.filter(payment__batch=batch)
        .select_related("payment__person", "ordered_by")
        .order_by("-pk")
    )


def notices_about(*, batch: Batch) -> QuerySet[Notice]:
    """What its bank was told about a list, newest first."""
    about = Q(event__batch=batch) | Q(stop__payment__batch=batch)
    return Notice.objects.filter(about).prefetch_related("tried").order_by("-created_at", "pk")
