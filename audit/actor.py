"""Who is at work: the officer and the request, command or task, as the triggers of the audit read them.

Two settings of the database's session carry it, `ansinh.officer` and `ansinh.source`. They are set for the session, not
for a transaction, because a request makes several; so whoever sets them takes them back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection
from psycopg.pq import TransactionStatus

_TELL = "SELECT set_config('ansinh.officer', %s, false), set_config('ansinh.source', %s, false)"


@dataclass(frozen=True, slots=True)
class Actor:
    """`officer` is a user's id, None for the system itself; `source` says by what: `request …`, `command …`."""

    officer: int | None = None
    source: str = ""


_of_process = Actor()
_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


def current() -> Actor:
    """Who is at work in this thread now."""
    return _acting.get() or _of_process


def name_process(source: str) -> None:
    """Say what this process is, for all that it does of its own accord. Called before the first connection."""
    global _of_process
    _of_process = Actor(source=source)


def become(who: Actor | None) -> None:
    """From now on `who` is at work in this thread, None for the process itself; an open connection is told."""
    _acting.set(who)
    if connection.connection is not None:
        _tell(connection)


def add(words: str) -> None:
    """Say more of the source of what is at work: a bank's program is known only once its token is read."""
    who = current()
    become(Actor(who.officer, f"{who.source}, {words}"))


@contextmanager
def acting(*, officer: int | None, source: str) -> Iterator[None]:
    """What is written inside the block is written by that officer, from that source."""
    before = _acting.get()
    become(Actor(officer, source))
    try:
        yield
    finally:
        become(before)


def tell_new_connection(*, connection: Any, **_: Any) -> None:
    """A connection made in the middle of a request, or again after the server's restart, knows whose it is."""
    _tell(connection)


def _tell(to: Any) -> None:
    session: psycopg.Connection[Any] = to.connection
    # An aborted transaction takes no statement; whoever aborted it ends it, and a broken session ends itself.
    if session.closed or session.info.transaction_status == TransactionStatus.INERROR:
        return
    who = current()
    values = ["" if who.officer is None else str(who.officer), who.source]
    try:
        # Past Django's cursor: this is no query of the page, and none of its counters counts it.
        session.execute(_TELL, values)
    except psycopg.OperationalError:
        to.close()
