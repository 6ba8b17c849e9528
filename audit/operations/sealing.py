"""Sealing: what was written to history so far is bound into the chain, in blocks, in order of ids.

Only rows below the horizon are sealed: ids below which no open transaction can still add one. The horizon needs one
moment in which nobody writes history; where there is none it is tried again, at last by the next minute's beat.
"""

from __future__ import annotations

import time
from datetime import datetime

from django.db import OperationalError, connection, transaction

from audit.chain import FIRST, link, printed
from audit.history import CHAINED
from audit.models import Seal
from common import sql

BLOCK = 1_000  # rows: what a verdict looks through to name the one row
_AT_ONCE = 50  # blocks read and written together
_LOCK = 7_201_031  # one sealer at a time
_TRIES, _PAUSE = 5, 0.1


def seal(*, at: datetime) -> int:
    """Seal all that can no longer change; how many rows. 0 while somebody writes without pause, or seals now."""
    horizon = _horizon()
    sealed = 0
    for table in CHAINED:
        while rows := _seal_next(table, upto=horizon.get(table, 0), at=at):
            sealed += rows
    return sealed


def _horizon() -> dict[str, int]:
    for attempt in range(_TRIES):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT table_name, upto FROM audit_horizon()")
                return dict(cursor.fetchall())
        except OperationalError as refusal:
            if getattr(refusal.__cause__, "sqlstate", "") != "55P03":  # lock_not_available
                raise
            if attempt + 1 < _TRIES:
                time.sleep(_PAUSE)
    return {}


def _seal_next(table: str, *, upto: int, at: datetime) -> int:
    """Seal up to 50 blocks of a table in one transaction; how many rows, 0 at the horizon."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        last = (
            Seal.objects.filter(table_name=table).order_by("-after").values_list("upto", flat=True).first()
            or 0
        )
        head = Seal.objects.order_by("-number").values_list("number", "digest").first()
        number, digest = (head[0], bytes(head[1])) if head else (0, FIRST)
        blocks = "WITH printed AS (" + sql.load("audit", printed(table)) + ")\n" + sql.load("audit", "blocks")
        cursor.execute(blocks, {"after": last, "upto": upto, "size": BLOCK, "blocks": _AT_ONCE})
        seals = []
        for _first, to, count, content, ids, marks in cursor.fetchall():
            number += 1
            digest = link(
                digest, number=number, table=table, after=last, upto=to, count=count, content=bytes(content)
            )
            seals.append(
                Seal(
                    number=number, table_name=table, after=last, upto=to, count=count,
                    content=content, digest=digest, ids=ids, marks=marks, at=at,
                )
            )  # fmt: skip
            last = to
        Seal.objects.bulk_create(seals)
    return sum(one.count for one in seals)
