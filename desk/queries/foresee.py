"""What a new grant will pay, before it is saved: granted for a moment, reckoned by the engine, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction

from accounts.access import Action, Reader
from beneficiaries.models import ChangeRequest, Person
from beneficiaries.operations.changes import apply, decision_of
from beneficiaries.operations.errors import DecisionRefused
from common.months import add_months, month_of, months_between
from payments.queries.explain import Due, dues_of, explain
from payments.queries.overview import last_paid_month

# Months looked back at; the engine itself has no such limit.
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Đồng: `monthly` more for `month`, `arrears` more for the months before it, from `since`. `dues` are those of
    the month in words. `refused` says why nothing can be granted; `unsure` that some month has no rate."""

    month: date
    refused: str = ""
    field: str = ""
    since: date | None = None
    monthly: int = 0
    arrears: int = 0
    dues: tuple[Due, ...] = ()
    unsure: bool = False

    @property
    def first_payment(self) -> int:
        return self.monthly + self.arrears


class _TakenBack(Exception):
    """Ends the trial."""


def foresee(*, request: ChangeRequest, on: date, reader: Reader) -> Foreseen:
    """What a request for a new grant (it need not be saved) adds to its person's money with the next list."""
    month = next_month(on)
    known = request.person
    before = _amounts(known, _first(known), month) if known is not None else {}
    try:
        with transaction.atomic():
            person = apply(request=request, decision=decision_of(request, on), on=on)
            granted = person.entitlements.latest("pk")
            since = max(granted.from_month, granted.settled_before, add_months(month, -LONGEST))
            after = _amounts(person, since, month)
            explained = explain(person=person, month=month, on=_list_day(month), reader=reader)
            reveals = reader.may(Action.SEE_SENSITIVE, request.commune_id)
            raise _TakenBack
    except _TakenBack:
        pass
    except DecisionRefused as error:
        return Foreseen(month, refused=str(error), field=getattr(error, "field", ""))
    more = {
        one: (amount or 0) - (before.get(one) or 0)
        for one, amount in after.items()
        if one < month and (amount or 0) != (before.get(one) or 0)
    }
    return Foreseen(
        month=month,
        since=since,
        monthly=(after.get(month) or 0) - (before.get(month) or 0),
        arrears=sum(more.values()),
        dues=tuple(due for due in explained.dues if due.entitlement == granted.pk or reveals or due.amount),
        unsure=None in after.values(),
    )


def next_month(on: date) -> date:
    """The month that the next list pays."""
    last = last_paid_month()
    return add_months(last, 1) if last else month_of(on)


def _list_day(month: date) -> date:
    return add_months(month, -1).replace(day=settings.LIST_DAY)


def _first(person: Person) -> date | None:
    return person.entitlements.order_by("from_month").values_list("from_month", flat=True).first()


def _amounts(person: Person, since: date | None, month: date) -> dict[date, int | None]:
    """What is due for each month; None where it cannot be told."""
    if since is None:
        return {}
    found: dict[date, int | None] = {}
    first = min(max(since, add_months(month, -LONGEST)), month)
    for one in months_between(first, month):
        dues = dues_of([person.pk], month=one, on=_list_day(month), reveals=True).get(person.pk, [])
        amounts = [due.amount for due in dues]
        found[one] = None if None in amounts else sum(amount or 0 for amount in amounts)
    return found
