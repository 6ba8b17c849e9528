"""The transfer slip of a move: what the new place must know to go on paying."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q

from accounts.access import Action, Reader
from areas.models import Unit
from beneficiaries.models import ChangeRequest, Person
from beneficiaries.queries import collectors
from common.months import add_months, month_of
from payments.models import Line
from payments.queries.explain import Due, dues_of
from payments.transitions import BatchState, Outcome


@dataclass(frozen=True, slots=True)
class Slip:
    """`paid_through` is the last month of which money was sent or given, None where none was; `last` the last month
    that the old place pays. Amounts in đồng a month."""

    change: ChangeRequest
    person: Person
    from_commune: Unit
    to_commune: Unit
    last: date
    first: date
    paid_through: date | None
    dues: list[Due]
    collectors: list[str]

    @property
    def total(self) -> int:
        return sum(due.amount or 0 for due in self.dues)


def transfer_slip(change: ChangeRequest, reader: Reader) -> Slip:
    """The slip of an approved move. The caller has made sure that the reader sees the request."""
    person, asked = change.person, change.asked
    assert person is not None  # a move is of a person on record
    last = month_of(date.fromisoformat(asked["stopped_on"]))
    to = Unit.objects.get(pk=asked["to"])
    before = (change.found or {}).get("to")
    reached = Q(payment__outcome=Outcome.PAID) | Q(
        payment__outcome=None, payment__batch__state__in=(BatchState.RELEASED, BatchState.ACKNOWLEDGED)
    )
    paid = Line.objects.filter(reached, payment__person=person).aggregate(last=Max("for_month"))["last"]
    reveals = reader.may(Action.SEE_SENSITIVE, change.commune_id)
    decided = change.decision_date or last
    return Slip(
        change=change,
        person=person,
        from_commune=Unit.objects.filter(pk=before or 0).first() or change.commune,
        to_commune=to,
        last=last,
        first=add_months(last, 1),
        paid_through=paid,
        dues=dues_of([person.pk], month=last, on=max(decided, last), reveals=reveals).get(person.pk, []),
        collectors=[
            f"{one.name} ({one.get_role_display()})" for one in collectors(person=person, on=decided)
        ],
    )
