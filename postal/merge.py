"""What is so, from the set of all marks: a pure function of the set, so the order of arrival changes nothing.

Marks are never changed or removed. A payment is paid as soon as one mark in time says so: the earliest counts, any
other is a conflict to be looked at, and so is a later "not collected". Without a paid mark the latest reason counts.
A decided correction settles everything that had arrived before its decision.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

PAID, NOT_PAID = "paid", "not_paid"


class Conflict(StrEnum):
    TWICE = "twice"
    CONTRADICTS = "contradicts"
    LATE = "late"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Said:
    """A mark as far as merging needs it."""

    id: UUID
    payment: int
    kind: str
    marked_at: datetime
    received_at: datetime
    late: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """An accepted correction of a payment."""

    payment: int
    wanted: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Merged:
    """One payment's state: `kind` ('' while nothing is known), the mark that counts, the open conflicts."""

    kind: str = ""
    mark: UUID | None = None
    conflicts: frozenset[Conflict] = frozenset()


def merge(
    marks: Iterable[Said], *, corrections: Iterable[Decided] = (), stopped: Iterable[int] = ()
) -> dict[int, Merged]:
    """The state of every payment that has a mark or a correction; `stopped` payments were withdrawn meanwhile."""
    by_payment: dict[int, dict[UUID, Said]] = defaultdict(dict)
    for mark in marks:
        by_payment[mark.payment][mark.id] = mark
    decided: dict[int, Decided] = {}
    for correction in sorted(corrections, key=lambda made: made.at):
        decided[correction.payment] = correction
    halted = set(stopped)
    return {
        payment: _one(list(by_payment[payment].values()), decided.get(payment), payment in halted)
        for payment in by_payment.keys() | decided.keys()
    }


def _one(marks: list[Said], decided: Decided | None, stopped: bool) -> Merged:
    order = sorted(marks, key=lambda mark: (mark.marked_at, mark.id))
    since = [mark for mark in order if decided is None or mark.received_at > decided.at]
    late = frozenset({Conflict.LATE} if any(mark.late for mark in since) else ())
    if decided is not None:
        kept = [mark for mark in order if mark.kind == decided.wanted]
        against = {Conflict.CONTRADICTS} if any(mark.kind != decided.wanted for mark in since) else set()
        return Merged(decided.wanted, kept[0].id if kept else None, late | against)
    in_time = [mark for mark in order if not mark.late]
    paid = [mark for mark in in_time if mark.kind == PAID]
    if not paid:
        last = in_time[-1] if in_time else None
        return Merged(last.kind if last else "", last.id if last else None, late)
    conflicts = set(late)
    if len(paid) > 1:
        conflicts.add(Conflict.TWICE)
    if any(mark.kind == NOT_PAID and mark.marked_at >= paid[0].marked_at for mark in in_time):
        conflicts.add(Conflict.CONTRADICTS)
    if stopped:
        conflicts.add(Conflict.STOPPED)
    return Merged(PAID, paid[0].id, frozenset(conflicts))
