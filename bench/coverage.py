"""The dashboard's server time over 24 months of figures, and what taking one month's figures costs."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import RoleName
from bench.pages import officer_of_the_province, time_pages
from bench.world import World, peak_rss_mb
from common.months import add_months
from payments.models import Cycle
from payments.operations.cycles import run_cycle
from reports.models import Figure
from reports.operations import refresh_figures

MONTHS = 24
LAST = date(2025, 5, 1)
VIEWS = ("district", "commune", "scheme", "category", "age")


def measure(world: World, *, pairs: int) -> dict[str, Any]:
    """The page, asked for `pairs` times in each view; the figures of one month are really counted from payments.

    The other 23 months hold copies of its figures: as many rows as that many people would give them. Pages read
    nothing else, so no more payments are made for them.
    """
    payments = run_cycle(month=LAST, at=timezone.now).inserted
    started = time.perf_counter()
    refresh_figures(at=timezone.now())
    taking = time.perf_counter() - started
    _copy_months()
    client = officer_of_the_province(RoleName.VIEWER, since=date(2024, 1, 1))
    addresses = [f"/coverage/?month={LAST:%Y-%m}&by={view}" for view in VIEWS]
    return time_pages(client, addresses, times=pairs) | {
        "months": MONTHS,
        "figures": Figure.objects.count(),
        "payments_a_month": payments,
        "taking_a_month_seconds": round(taking, 2),
        "peak_rss_mb": peak_rss_mb(),
    }


def _copy_months() -> None:
    copied = [str(field.column) for field in Figure._meta.concrete_fields]
    columns = ", ".join(column for column in copied if column not in ("id", "snapshot_id"))
    with connection.cursor() as cursor:
        for back in range(1, MONTHS):
            month = add_months(LAST, -back)
            Cycle.objects.get_or_create(month=month, defaults={"last_month": month, "reckoned_on": month})
            cursor.execute(
                "INSERT INTO payments_round (cycle_id, number, state, routed_on, started_at, finished_at) "
                "VALUES (%s, 0, 'done', %s, now(), now())",
                [month, month],
            )
            cursor.execute(
                "INSERT INTO reports_snapshot (cycle_id, fingerprint, settled, taken_at) VALUES (%s, '', TRUE, now())",
                [month],
            )
            cursor.execute(
                f"INSERT INTO reports_figure (snapshot_id, {columns}) "
                f"SELECT %s, {columns} FROM reports_figure WHERE snapshot_id = %s",
                [month, LAST],
            )
        cursor.execute("VACUUM ANALYZE reports_figure")
