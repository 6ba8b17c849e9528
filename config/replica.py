"""Figures and lists from a streaming replica, never older than what their reader has just written (docs/adr/012).

A whole request goes to one server. Django's routers choose for each query of the ORM; half of what these pages read is
SQL of our own on `connection`, so here `connection` itself is the replica's while such a page is made. Everything
else, every write, every lock and the question who may see what, is the primary's.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    connections,
)
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

log = logging.getLogger(__name__)

REPLICA = "replica"
# Names of the addresses whose GET reads only, and whose reader can do with what was true some seconds ago.
PAGES = frozenset(
    (
        "dashboard coverage_excel coverage_csv coverage_pdf coverage_report coverage_open_data targets difficulties "
        "reports report report_excel report_pdf people batches cycles changes overpaid budget post_service "
        "reconciliation"
    ).split()
)
SAFE = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
_COOKIE_SECONDS = 120  # by then even a replica that lags as much as is allowed has replayed the write
_REST_SECONDS = 10.0  # how long a process leaves a replica alone that did not answer

_USABLE = """
    SELECT pg_is_in_recovery()
       AND pg_last_wal_replay_lsn() >= %(written)s::pg_lsn
       AND (pg_last_wal_replay_lsn() >= %(newest)s::pg_lsn
            OR clock_timestamp() - pg_last_xact_replay_timestamp() <= make_interval(secs => %(seconds)s))
"""
_rests_until = 0.0


class ReplicaMiddleware:
    """Gives the pages named in PAGES to the replica; after any other method remembers, in a signed cookie of the
    reader's, how far the primary had written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in SAFE and REPLICA in connections.settings:
            response.set_signed_cookie(
                settings.WRITTEN_COOKIE_NAME,
                _position(),
                max_age=_COOKIE_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """The page made from the replica; None leaves it to the primary, also where the replica is lost meanwhile."""
        match = request.resolver_match
        if match is None or match.url_name not in PAGES or request.method not in {"GET", "HEAD"}:
            return None
        if REPLICA not in connections.settings:
            return None
        written = request.get_signed_cookie(settings.WRITTEN_COOKIE_NAME, default=None) or "0/0"
        # Who this is and what she may see is read before, from the primary.
        bool(request.user), bool(getattr(request, "reader", None))
        if not usable(written=written):
            return None
        try:
            with reading():
                return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            _let_rest(error)
            return None


def usable(*, written: str) -> bool:
    """Whether the replica answers, has replayed the position `written`, and lags by no more than REPLICA_SECONDS.

    The lag is bounded by the commit time of the last transaction it replayed: all it lacks was committed later.
    """
    if time.monotonic() < _rests_until or connection.in_atomic_block:
        return False
    asked: dict[str, str | int] = {
        "written": written,
        "newest": _position(),
        "seconds": settings.REPLICA_SECONDS,
    }
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(_USABLE, asked)
            return bool(cursor.fetchone()[0])
    except DatabaseError as error:
        _let_rest(error)
        return False


@contextmanager
def reading() -> Iterator[None]:
    """`connection` of this thread is the replica's, on which every write fails."""
    primary = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections[REPLICA]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = primary


def _position() -> str:
    """How far the primary has written: whatever is committed stands before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
        return str(cursor.fetchone()[0])


def _let_rest(error: Exception) -> None:
    """Leave the replica alone for a while: its loss costs one wait, not one for each page."""
    global _rests_until
    _rests_until = time.monotonic() + _REST_SECONDS
    connections[REPLICA].close()
    log.warning("the replica does not answer (%s); the primary serves its pages", type(error).__name__)
