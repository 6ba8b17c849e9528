"""Why a person gets what they get: every due with its base, coefficient and article, and every line posted.

In words that an officer can read out. A category that tells of HIV is shown as social protection only, unless the
reader decides about it (Law 64/2006; rule H01).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access import Action, Reader
from beneficiaries.models import Person, Residence
from benefits.models import Confidence, Per
from common import sql
from common.money import format_number, format_vnd
from payments.models import Line, LineKind, month_id_range

RELATIONS = (
    ("payments", "asked_of_people"),
    ("beneficiaries", "facts"),
    ("benefits", "rates"),
    ("beneficiaries", "own"),
    ("benefits", "granted"),
    ("benefits", "due"),
)


@dataclass(frozen=True, slots=True)
class Due:
    """What the law grants for the month; amounts in đồng, `amount` 0 where stacking let `dropped_by` win."""

    category: str
    name: str
    month: date
    base: int | None
    coefficient: Decimal | None
    units: int
    amount: int | None
    article: str
    dropped_by: str | None
    words: str
    confidence: str


@dataclass(frozen=True, slots=True)
class PostedLine:
    """A line of a payment in the month's cycle; `payment_state` is the payment's outcome, or its batch's state."""

    category: str
    name: str
    month: date
    kind: str
    amount: int
    payment_state: str
    words: str
    payment: int


@dataclass(frozen=True, slots=True)
class Explanation:
    month: date
    dues: list[Due]
    lines: list[PostedLine]

    @property
    def total(self) -> int:
        """What is due for the month, in đồng."""
        return sum(due.amount or 0 for due in self.dues)


def explain(*, person: Person, month: date, on: date, reader: Reader) -> Explanation:
    """Each due of `month` by the decrees in force on `on`, and each line posted in that month's cycle."""
    reveals = _reveals(person, reader)
    dues = dues_of([person.pk], month=month, on=on, reveals=reveals)
    return Explanation(month, dues.get(person.pk, []), _lines(person, month, reveals))


def dues_of(people: Sequence[int], *, month: date, on: date, reveals: bool) -> dict[int, list[Due]]:
    """Each due of `month` of these people (ids, at least one) by the decrees in force on `on`.

    `reveals` says whether a category may tell of HIV; the caller sees to the reader's scope.
    """
    params = due_params(month=month, on=on) | {
        "people": list(people), "person_from": min(people), "person_to": max(people) + 1,
    }  # fmt: skip
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(f"{due_relations()}\n{sql.load('payments', 'explain_dues')}", params)
        columns = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            named = dict(zip(columns, row, strict=True))
            found[named["person_id"]].append(named)
    return {person: [_due(row, rows, reveals) for row in rows] for person, rows in found.items()}


def due_relations() -> str:
    """The relation `due` of one month, for a statement with `due_params`."""
    return sql.relations(*RELATIONS).replace("asked_of_people AS (", "asked AS (", 1)


def due_params(*, month: date, on: date) -> dict[str, Any]:
    """What `due_relations` needs, for everybody."""
    return {
        "people": None, "person_from": 0, "person_to": 2**62, "month": month, "reckoned_on": on,
        "birth_convention": settings.BIRTH_CONVENTION,
    }  # fmt: skip


def category_name(category: Any, reveals: bool) -> str:
    """A category's name in the active language; its public name unless the reader may know it."""
    hidden = category["sensitive"] and not reveals
    vietnamese = (get_language() or "vi").startswith("vi")
    return str(category[("public_" if hidden else "") + ("name_vi" if vietnamese else "name_en")])


def _reveals(person: Person, reader: Reader) -> bool:
    units = reader.units(Action.SEE_SENSITIVE)
    return Residence.objects.filter(person=person, commune__in=units).exists() if units else False


def _due(row: dict[str, Any], rows: list[dict[str, Any]], reveals: bool) -> Due:
    hidden = row["sensitive"] and not reveals
    article, source = row["article"] or "", row["source"] or ""
    if source not in article:
        article = "; ".join(part for part in (article, source) if part)
    if hidden:
        article = str(row["source"] or "")
    winner = next((other for other in rows if other["category"] == row["dropped_by"]), None)
    winner_hidden = winner is not None and winner["sensitive"] and not reveals
    return Due(
        category=row["scheme"] if hidden else row["category"],
        name=category_name(row, reveals),
        month=row["month"],
        base=None if hidden else row["base"],
        coefficient=None if hidden else row["coefficient"],
        units=row["units"],
        amount=row["amount"] if row["granted"] is not None else None,
        article=article,
        dropped_by=winner["scheme"] if winner and winner_hidden else row["dropped_by"],
        words=_words(row, winner, _sentence(row, article, hidden), reveals),
        confidence=_weakest(row),
    )


def _weakest(row: dict[str, Any]) -> str:
    order = [Confidence.ASSUMED, Confidence.SECONDARY, Confidence.VERIFIED]
    present = {row["confidence"], row["base_confidence"]}
    return next((str(level) for level in order if level in present), "")


def _words(row: dict[str, Any], winner: dict[str, Any] | None, sentence: str, reveals: bool) -> str:
    if row["granted"] is None:
        return _(
            "No rate is in force for this month and these facts; the month cannot be paid until it is loaded."
        )
    if row["amount"] == 0 and row["dropped_by"]:
        if row["dropped_by"] == "pension":
            cause = _("a pension or monthly social insurance is received")
        else:
            name = category_name(winner, reveals) if winner else row["dropped_by"]
            cause = _("“%(name)s” is paid instead") % {"name": name}
        granted = format_number(row["granted"])
        return _("Not paid: %(cause)s. By itself it would be %(granted)s ₫: %(sentence)s.") % {
            "cause": cause,
            "granted": granted,
            "sentence": sentence,
        }
    if row["sensitive"] and not reveals:
        return f"{sentence}."
    amount = format_vnd(row["amount"])
    if sentence.startswith(f"{amount} "):  # one fixed amount: said once
        return f"{sentence}."
    return _("%(amount)s = %(sentence)s.") % {"amount": amount, "sentence": sentence}


def _sentence(row: dict[str, Any], article: str, hidden: bool) -> str:
    """How one due is reckoned. A hidden one names its decree and sum alone: with the standard level, the coefficient
    is one division away, and it belongs to one category."""
    if row["granted"] is None:
        return ""
    if hidden:
        return _("%(amount)s by %(article)s") % {"amount": format_vnd(row["granted"]), "article": article}
    if row["fixed"] is not None:
        sentence = _("%(amount)s by %(article)s") % {"amount": format_vnd(row["fixed"]), "article": article}
    elif row["base_source"] is None:
        sentence = _(
            "own allowances and supplements of the month of death %(base)s × %(coefficient)s, %(article)s"
        ) % {
            "base": format_vnd(row["base"]),
            "coefficient": str(row["coefficient"].normalize()),
            "article": article,
        }
    else:
        sentence = _(
            "standard level %(base)s × coefficient %(coefficient)s, %(article)s; level by %(source)s"
        ) % {
            "base": format_vnd(row["base"]),
            "coefficient": str(row["coefficient"].normalize()).replace(".", ","),
            "article": article,
            "source": row["base_source"],
        }
    if row["per"] != Per.MONTH:
        sentence = _("%(units)s times: %(sentence)s") % {"units": row["units"], "sentence": sentence}
    return sentence


def _lines(person: Person, month: date, reveals: bool) -> list[PostedLine]:
    low, high = month_id_range(month)
    found = (
        Line.objects.filter(payment__person=person, payment_id__gte=low, payment_id__lt=high)
        .select_related("entitlement__category", "payment__batch")
        .order_by("payment_id", "for_month", "entitlement_id", "kind")
    )
    lines = []
    for line in found:
        category = vars(line.entitlement.category)
        payment = line.payment
        lines.append(
            PostedLine(
                category=category["scheme"] if category["sensitive"] and not reveals else category["code"],
                name=category_name(category, reveals),
                month=line.for_month,
                kind=line.kind,
                amount=line.amount,
                payment_state=payment.outcome or payment.batch.state,
                words=_("%(kind)s, month %(month)s: %(amount)s")
                % {
                    "kind": LineKind(line.kind).label,
                    "month": f"{line.for_month:%m/%Y}",
                    "amount": format_vnd(line.amount),
                },
                payment=payment.pk,
            )
        )
    return lines
