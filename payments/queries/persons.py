"""One person's payments, and how each of them was reckoned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.access import Action, Reader
from payments.models import LineKind, Payment
from payments.queries.explain import Due, PostedLine, explain


@dataclass(frozen=True, slots=True)
class ReckonedLine:
    """A line of a payment, đồng, in words: what it is, and what the law grants for its month."""

    name: str
    month: date
    kind: str
    amount: int
    words: str


def payments_of(*, person_id: int, reader: Reader, limit: int = 36) -> list[Payment]:
    """The person's latest payments, newest first; none for a reader who sees no payments. The caller has made sure
    that the reader sees the person."""
    if not reader.may(Action.SEE_PAYMENTS):
        return []
    related = ("batch__round", "batch__provider")
    return list(Payment.objects.filter(person=person_id).select_related(*related).order_by("-pk")[:limit])


def explain_payment(*, payment: Payment, reader: Reader) -> tuple[list[ReckonedLine], list[str]]:
    """Each line of a payment beside what the law as of its list date grants for the line's month; and why the money
    took another way than the account on record."""
    cycle = payment.batch.round.cycle
    dues: dict[tuple[date, str], Due] = {}
    posted = explain(person=payment.person, month=cycle.month, on=cycle.reckoned_on, reader=reader)
    months = set(payment.lines.values_list("for_month", flat=True))
    for month in months:
        granted = (
            posted if month == cycle.month
            else explain(person=payment.person, month=month, on=cycle.reckoned_on, reader=reader)
        )  # fmt: skip
        dues |= {(month, due.name): due for due in granted.dues}
    lines = [
        ReckonedLine(
            name=line.name,
            month=line.month,
            kind=line.kind,
            amount=line.amount,
            words=_words(line, dues.get((line.month, line.name))),
        )
        for line in posted.lines
        if line.payment == payment.pk
    ]
    return lines, posted.notes


def _words(line: PostedLine, due: Due | None) -> str:
    """The due's words say all of a regular line; any other line first says what it is."""
    if due is None:
        return line.words
    return due.words if line.kind == LineKind.REGULAR else f"{line.words} {due.words}"
