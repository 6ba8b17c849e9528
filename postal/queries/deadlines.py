"""A contract's days in a month, and the lists that missed them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Min
from django.utils import timezone

from accounts.access import Reader
from common.months import add_months
from payments.models import Batch, Event
from payments.transitions import BatchState
from postal.models import Contract
from postal.queries.contracts import contracts_by_area, nearest
from postal.queries.settlement import postal_batches

# Decree 20/2021, Art. 34: what holds where no contract says otherwise.
MONEY_DAY, SETTLE_DAY = 25, 20


@dataclass(frozen=True, slots=True)
class Late:
    """A list that missed a deadline: done on a day after all, or not yet."""

    batch: Batch
    done_on: date | None


@dataclass(slots=True)
class Deadlines:
    """A contract's days in a month, each "before", with the lists that missed them; without a contract the decree's."""

    contract: Contract | None
    money_by: date
    settle_by: date
    money_late: list[Late] = field(default_factory=list)
    settle_late: list[Late] = field(default_factory=list)


def deadlines(*, month: date, reader: Reader, on: date) -> list[Deadlines]:
    """The deadlines of a month's regular lists in the reader's area, by contract; missed are those that were met on
    their day or later, or not at all by `on`."""
    batches = list(
        postal_batches(month=month, reader=reader)
        .filter(round__number=0, count__gt=0)
        .exclude(state=BatchState.CANCELLED)
        .select_related("unit__parent")
    )
    reached = {
        (batch, state): timezone.localdate(at)
        for batch, state, at in Event.objects.filter(
            batch__in=batches, to_state__in=(BatchState.RELEASED, BatchState.SETTLED)
        )
        .values_list("batch", "to_state")
        .annotate(at=Min("at"))
    }
    by_area = contracts_by_area(on=month)
    found: dict[int | None, Deadlines] = {}
    for batch in batches:
        contract = nearest(batch.unit, by_area)
        key = contract.pk if contract else None
        if key not in found:
            found[key] = Deadlines(contract, *days(contract, month))
        made = found[key]
        for state, by, late in (
            (BatchState.RELEASED, made.money_by, made.money_late),
            (BatchState.SETTLED, made.settle_by, made.settle_late),
        ):
            done = reached.get((batch.pk, state))
            if (done or on) >= by:
                late.append(Late(batch, done))
    return list(found.values())


def days(contract: Contract | None, month: date) -> tuple[date, date]:
    """Before which days money and lists, and the settlement, are due for a month."""
    money = contract.money_day if contract else MONEY_DAY
    settle = contract.settle_day if contract else SETTLE_DAY
    return add_months(month, -1).replace(day=money), month.replace(day=settle)
