"""A month's payments made in one process, through the same queue that the workers drain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from payments.models import Cycle, CycleState, Line, Round, RoundState, month_id_range
from payments.operations.errors import RoundInProgress
from payments.operations.generation import drain_round, has_ready_reckons, open_cycle, open_round


@dataclass(frozen=True, slots=True)
class CycleRun:
    """What one run added (`inserted` payments) and what the cycle holds now (`lines`)."""

    inserted: int
    lines: int
    closed: bool


def run_cycle(
    *,
    month: date,
    at: Callable[[], datetime],
    last_month: date | None = None,
    reckoned_on: date | None = None,
    routed_on: date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CycleRun:
    """Make the cycle's regular round, go on with one that stopped half-way, or make a supplementary round if people
    wait to be reckoned again. On a closed cycle nothing changes. Raises what `open_round` raises."""
    if Cycle.objects.filter(month=month, state=CycleState.CLOSED).exists():
        return CycleRun(inserted=0, lines=_lines(month), closed=True)
    cycle = open_cycle(month=month, last_month=last_month, reckoned_on=reckoned_on)
    inserted = 0
    unfinished = Round.objects.filter(state=RoundState.GENERATING).first()
    if unfinished:
        if unfinished.cycle_id != month:
            raise RoundInProgress(month=unfinished.cycle_id, number=unfinished.number)
        inserted += drain_round(round_id=unfinished.pk, at=at, progress=progress).payments
    elif not cycle.rounds.exists() or has_ready_reckons(cycle=cycle):
        made = open_round(cycle=cycle, routed_on=routed_on or month, at=at())
        inserted += drain_round(round_id=made.pk, at=at, progress=progress).payments
    return CycleRun(inserted=inserted, lines=_lines(month), closed=False)


def _lines(month: date) -> int:
    low, high = month_id_range(month)
    return Line.objects.filter(payment_id__gte=low, payment_id__lt=high).count()
