"""The invariants of the engine, proved on the live database by one statement each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from audit.history import APPEND_ONLY
from common import sql
from payments.models import Cycle, CycleState
from payments.operations.generation import BALANCE
from payments.queries.reconciliation import reconciliation
from payments.transitions import BATCH_MOVES, OUTCOME_MOVES


@dataclass(frozen=True, slots=True)
class Invariant:
    """`rows` checked and `broken` among them; `live` is False for what only tests can prove."""

    id: str
    text: str
    rows: int
    broken: int
    live: bool = True


def check_ledger() -> Iterator[Invariant]:
    """The engine's invariants of docs/invariants.md, one by one; `desk.queries.ledger` adds those above it."""
    yield from (_balances(), _events(), _append_only(), _transitions(), _two_people(), _not_live("I6"))
    yield from (_messages(), _reconciled(), _closed(), _not_live("I10"))


TEXTS = {
    "I1": "live lines = due + adjustments + overpaid, for every month reckoned",
    "I2": "one event for each change of state, and the state is what the events say",
    "I3": "events, adjustments and allotments never change",
    "I4": "only moves of the transition table",
    "I5": "approver is not preparer; approved = released + withdrawn",
    "I6": "an instruction has one effect at a bank",
    "I7": "a message takes effect once",
    "I8": "expected - reported - explained = 0",
    "I9": "a closed cycle refuses writes",
    "I10": "no row outside the reader's area",
}


def _query(invariant: str, name: str, params: Mapping[str, object] | None = None) -> Invariant:
    with connection.cursor() as cursor:
        row = sql.rows(cursor, "payments", name, params or {})[0]
    return Invariant(invariant, TEXTS[invariant], row["rows"], row["broken"])


def _not_live(invariant: str) -> Invariant:
    return Invariant(invariant, TEXTS[invariant], 0, 0, live=False)


def _balances() -> Invariant:
    """I1, cycle by cycle: each pair is reckoned as of the list date of the last cycle that reckoned it."""
    rows = broken = 0
    statement = (
        sql.relations(("payments", "asked_reckoned"), *BALANCE).replace(
            "asked_reckoned AS (", "asked AS (", 1
        )
        + "\n"
        + sql.load("payments", "judge_balance")
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT month, last_month, reckoned_on FROM payments_cycle WHERE NOT sandbox ORDER BY month"
        )
        for month, last_month, reckoned_on in cursor.fetchall():
            cursor.execute(
                statement,
                {
                    "month": month,
                    "last_month": last_month,
                    "reckoned_on": reckoned_on,
                    "birth_convention": settings.BIRTH_CONVENTION,
                    "person_from": 0,
                    "person_to": 2**62,
                },
            )
            counted = cursor.fetchone()
            rows, broken = rows + counted[0], broken + counted[1]
    return Invariant("I1", TEXTS["I1"], rows, broken)


def _events() -> Invariant:
    return _query("I2", "check_events")


def _append_only() -> Invariant:
    return _query("I3", "check_append_only", {"tables": list(APPEND_ONLY)})


def _transitions() -> Invariant:
    moves = [*BATCH_MOVES, *OUTCOME_MOVES]
    params = {"before": [str(move[0]) for move in moves], "after": [str(move[1]) for move in moves]}
    return _query("I4", "check_transitions", params)


def _two_people() -> Invariant:
    return _query("I5", "check_two_people")


def _messages() -> Invariant:
    return _query("I7", "check_messages")


def _reconciled() -> Invariant:
    """I8, cycle by closed cycle: nothing that is neither matched nor explained."""
    rows = broken = 0
    for month in Cycle.objects.filter(state=CycleState.CLOSED).values_list("pk", flat=True):
        for row in reconciliation(month=month):
            rows += row["count"]
            broken += 0 if row["class"] == "matched" else row["count"] - row["explained"]
    return Invariant("I8", TEXTS["I8"], rows, broken)


def _closed() -> Invariant:
    return _query("I9", "check_closed")
