"""Every invariant of the system on the live database: the engine's and those of the apps above it."""

from __future__ import annotations

from collections.abc import Iterator

from payments.queries import ledger
from payments.queries.ledger import Invariant
from postal.queries.tallies import check_tallies


def check_ledger() -> Iterator[Invariant]:
    """Every invariant of docs/invariants.md, one by one."""
    yield from ledger.check_ledger()
    yield check_tallies()
