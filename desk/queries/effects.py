"""What a request would do to money: carried out, reckoned by the engine's own relations, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max

from beneficiaries.models import ChangeRequest, Person, Reckon
from beneficiaries.operations.changes import apply, decision_of
from beneficiaries.operations.errors import DecisionRefused
from common.months import add_months, months_between
from payments.queries.explain import dues_of

LONGEST = 120  # months looked back; what is older is not shown


class _Reckoned(Exception):
    """Ends the trial: what was written is taken back."""


Dues = dict[
    tuple[int, date], dict[int, int | None]
]  # (person, month) to đồng by benefit, None where it cannot be told


@dataclass(frozen=True, slots=True)
class Effect:
    """For one person, đồng: what the month of the next list would pay, and what the months before it would gain and
    lose (`less` is negative). `unsure` where a month has no rate or a fact is missing: the figures are not complete.
    """

    person: int
    name: str
    first_month: date
    before: int
    after: int
    more: int
    less: int
    unsure: bool

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Trial:
    """What would happen: nothing (refused, with the words), or these effects; none where no due changes."""

    refused: str
    effects: list[Effect]


def try_out(*, request: ChangeRequest, on: date, next_month: date) -> Trial:
    """Carry a request out on a day and take it back: who would get what with the list of `next_month`."""
    names: dict[int, str] = {}
    first: dict[int, date] = {}
    after: Dues = {}
    try:
        with transaction.atomic():
            last = Reckon.objects.aggregate(last=Max("pk"))["last"] or 0
            apply(request=request, decision=decision_of(request, on), on=on)
            for person, month in Reckon.objects.filter(pk__gt=last).values_list("person_id", "from_month"):
                first[person] = min(first.get(person, month), month)
            first = {who: max(month, add_months(next_month, -LONGEST)) for who, month in first.items()}
            names = dict(Person.objects.filter(pk__in=first).values_list("pk", "name"))
            after = _dues(first, on, next_month)
            raise _Reckoned
    except _Reckoned:
        pass
    except DecisionRefused as error:
        return Trial(str(error), [])
    before = _dues(first, on, next_month)
    return Trial(
        "", [_effect(who, names[who], first[who], before, after, next_month) for who in sorted(first)]
    )


def _dues(first: dict[int, date], on: date, next_month: date) -> Dues:
    """What the law grants each person for each month that is looked at."""
    found: Dues = {}
    if not first:
        return found
    for month in [*months_between(min(first.values()), add_months(next_month, -1)), next_month]:
        people = [who for who, since in first.items() if since <= month or month == next_month]
        granted = dues_of(people, month=month, on=max(on, month), reveals=False) if people else {}
        for who in people:
            found[who, month] = {due.entitlement: due.amount for due in granted.get(who, [])}
    return found


def _effect(who: int, name: str, first: date, before: Dues, after: Dues, next_month: date) -> Effect:
    changes = [
        (after[who, month].get(benefit) or 0) - (before[who, month].get(benefit) or 0)
        for person, month in after
        if person == who and month < next_month
        for benefit in after[who, month].keys() | before[who, month].keys()
    ]
    amounts = [
        amount
        for dues in (before, after)
        for (person, _m), of in dues.items()
        if person == who
        for amount in of.values()
    ]
    return Effect(
        person=who,
        name=name,
        first_month=first,
        before=sum(amount or 0 for amount in before[who, next_month].values()),
        after=sum(amount or 0 for amount in after[who, next_month].values()),
        more=sum(change for change in changes if change > 0),
        less=sum(change for change in changes if change < 0),
        unsure=None in amounts,
    )
