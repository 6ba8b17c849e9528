"""Keeping each cycle's figures: taken when they no longer stand, and for the last time after its close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from common import sql
from common.months import add_months
from payments.models import Cycle, month_id_range
from reports.models import Figure, Snapshot


def keep_figures(*, months: Sequence[date], at: datetime) -> int:
    """Take the figures of those of these cycles that have none or stale ones; how many were taken.

    Costs one query where all stand, so every read calls it; figures of a closed cycle are never taken again.
    Two at once wait for each other by cycle, and the second finds nothing left to do.
    """
    return sum(_take(month=row["month"], at=at) for row in _stale(months))


def _stale(months: Sequence[date]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        return sql.rows(cursor, "reports", "stale", {"months": list(months)})


def _take(*, month: date, at: datetime) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('figures ' || %s, 0))", [month.isoformat()]
        )
        found = _stale([month])
        if not found:
            return False
        cycle = Cycle.objects.get(pk=month)
        Snapshot.objects.update_or_create(
            cycle=cycle,
            defaults={
                "fingerprint": found[0]["fingerprint"],
                "settled": found[0]["settled"],
                "taken_at": at,
            },
        )
        Figure.objects.filter(snapshot=month).delete()
        low, high = month_id_range(month)
        last_day = add_months(cycle.last_month, 1) - timedelta(days=1)
        params = {"month": month, "low": low, "high": high, "last_day": last_day}
        sql.run(cursor, "reports", "coverage_money", params)
        cursor.execute("ANALYZE money")
        sql.run(cursor, "reports", "coverage_lines", params)
        cursor.execute("ANALYZE money_line")
        sql.run(cursor, "reports", "coverage", params)
        cursor.execute("DROP TABLE money, money_line")
    return True
