"""Why a person gets what they get: every due with its base, coefficient and article, and every line posted.

In words that an officer can read out. A category that tells of HIV is shown as social protection only, unless the
reader decides about it (Law 64/2006; rule H01).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import Action, Reader
from beneficiaries.models import Channel, PayoutMethod, Person, Residence
from benefits.models import Confidence
from common import sql
from payments.models import Line, LineKind, month_id_range
from payments.queries.explain_words import category_name, due_words, line_words, reference, undue_words
from payments.queries.law import weakest
from payments.transitions import Outcome

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
    entitlement: int

    @property
    def unsure(self) -> str:
        """What to mark a rate with that is not verified against the legal text, or ''."""
        sure = self.confidence in ("", Confidence.VERIFIED)
        return "" if sure else str(Confidence(self.confidence).label)


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
    # Why the money took another way than the account on record.
    notes: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """What is due for the month, in đồng."""
        return sum(due.amount or 0 for due in self.dues)


def explain(*, person: Person, month: date, on: date, reader: Reader) -> Explanation:
    """Each due of `month` by the decrees in force on `on`, and each line posted in that month's cycle."""
    reveals = _reveals(person, reader)
    dues = dues_of([person.pk], month=month, on=on, reveals=reveals).get(person.pk, [])
    undue = _undue_of(person, month=month, on=on, reveals=reveals)
    posted = _posted(person, month)
    return Explanation(
        month, dues + undue, _lines(person, month, posted, dues, reveals), _notes(person, posted)
    )


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


def _undue_of(person: Person, *, month: date, on: date, reveals: bool) -> list[Due]:
    params = due_params(month=month, on=on) | {
        "people": [person.pk], "person_from": person.pk, "person_to": person.pk + 1,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"{due_relations()}\n{sql.load('payments', 'undue')}", params)
        columns = [column[0] for column in cursor.description]
        return [_undue(dict(zip(columns, row, strict=True)), reveals) for row in cursor.fetchall()]


def due_relations() -> str:
    """The relation `due` of one month, for a statement with `due_params`."""
    return sql.relations(*RELATIONS).replace("asked_of_people AS (", "asked AS (", 1)


def due_params(*, month: date, on: date) -> dict[str, Any]:
    """What `due_relations` needs, for everybody."""
    return {
        "people": None, "person_from": 0, "person_to": 2**62, "month": month, "reckoned_on": on,
        "birth_convention": settings.BIRTH_CONVENTION,
    }  # fmt: skip


def _reveals(person: Person, reader: Reader) -> bool:
    units = reader.units(Action.SEE_SENSITIVE)
    return Residence.objects.filter(person=person, commune__in=units).exists() if units else False


def _due(row: dict[str, Any], rows: list[dict[str, Any]], reveals: bool) -> Due:
    hidden = row["sensitive"] and not reveals
    sources = [row["source"]] if hidden else [row["article"], row["source"]]
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
        article="; ".join(reference(source) for source in sources if source),
        dropped_by=winner["scheme"] if winner and winner_hidden else row["dropped_by"],
        words=due_words(row, winner, reveals),
        confidence=weakest(row["confidence"], row["base_confidence"]),
        entitlement=row["entitlement_id"],
    )


def _undue(row: dict[str, Any], reveals: bool) -> Due:
    return Due(
        category=row["scheme"] if row["sensitive"] and not reveals else row["category"],
        name=category_name(row, reveals),
        month=row["month"],
        base=None,
        coefficient=None,
        units=0,
        amount=0,
        article="",
        dropped_by=None,
        words=undue_words(row),
        confidence="",
        entitlement=row["entitlement_id"],
    )


def _posted(person: Person, month: date) -> list[Line]:
    low, high = month_id_range(month)
    return list(
        Line.objects.filter(payment__person=person, payment_id__gte=low, payment_id__lt=high)
        .select_related("entitlement__category", "payment__batch__round__cycle")
        .order_by("payment_id", "for_month", "entitlement_id", "kind")
    )


def _notes(person: Person, posted: list[Line]) -> list[str]:
    """Payments by the Post name no account: was one on record that is no longer paid to, this says so."""
    days = [
        line.payment.batch.round.routed_on
        for line in posted
        if line.payment.payout_method_id is None and line.payment.batch.channel == Channel.POST
    ]
    if not days or person.died_on is not None:
        return []
    left = PayoutMethod.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=max(days)),
        person=person, right_ended=True, valid_from__lte=max(days),
    )  # fmt: skip
    return [
        _(
            "Paid through the Post: the account on record is in the name of %(holder)s, who may no longer collect for "
            "this person."
        )
        % {"holder": holder}
        for holder in left.values_list("holder", flat=True)
    ]


def _lines(
    person: Person, month: date, posted: list[Line], dues: list[Due], reveals: bool
) -> list[PostedLine]:
    granted = {(due.entitlement, due.month): due.amount for due in dues}
    for other in {line.for_month for line in posted} - {month}:
        on = posted[0].payment.batch.round.cycle.reckoned_on
        found = dues_of([person.pk], month=other, on=on, reveals=reveals).get(person.pk, [])
        granted |= {(due.entitlement, due.month): due.amount for due in found}
    earlier = _paid_before(person, posted)
    return [_line(line, granted, earlier, reveals) for line in posted]


def _line(
    line: Line, granted: dict[tuple[int, date], int | None], earlier: list[Line], reveals: bool
) -> PostedLine:
    category = vars(line.entitlement.category)
    place = (line.entitlement_id, line.for_month)
    before = sum(
        one.amount
        for one in earlier
        if (one.entitlement_id, one.for_month) == place and one.payment_id < line.payment_id
    )
    return PostedLine(
        category=category["scheme"] if category["sensitive"] and not reveals else category["code"],
        name=category_name(category, reveals),
        month=line.for_month,
        kind=line.kind,
        amount=line.amount,
        payment_state=line.payment.outcome or line.payment.batch.state,
        words=line_words(
            kind=line.kind,
            month=f"{line.for_month:%m/%Y}",
            amount=line.amount,
            due=granted.get(place),
            earlier=before,
        ),
        payment=line.payment_id,
    )


def _paid_before(person: Person, posted: list[Line]) -> list[Line]:
    """The person's lines for the same months whose payments reached them, or still may."""
    months = {line.for_month for line in posted if line.kind != LineKind.REGULAR}
    if not months:
        return []
    reached = Q(payment__outcome=None) | Q(payment__outcome=Outcome.PAID)
    return list(Line.objects.filter(reached, payment__person=person, for_month__in=months))
