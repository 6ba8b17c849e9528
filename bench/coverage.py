"""The dashboard's server time over 24 months of figures, and what taking one month's figures costs."""

from __future__ import annotations

import resource
import statistics
import time
from datetime import date
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, RoleName, User
from areas.models import Level, Unit
from bench.world import World
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
    client = _viewer()
    seconds, queries = [], 0
    for view in VIEWS:
        address = f"/coverage/?month={LAST:%Y-%m}&by={view}"
        client.get(address)
        for _time in range(pairs):
            started = time.perf_counter()
            answer = client.get(address)
            seconds.append(time.perf_counter() - started)
            assert answer.status_code == 200, answer.status_code
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        queries = max(queries, len(captured))
    return {
        "seconds": round(statistics.median(seconds), 3),
        "slowest_seconds": round(max(seconds), 3),
        "queries": queries,
        "months": MONTHS,
        "figures": Figure.objects.count(),
        "payments_a_month": payments,
        "taking_a_month_seconds": round(taking, 2),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def _copy_months() -> None:
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
                "INSERT INTO reports_figure (snapshot_id, part, key, commune_id, unit_id, scheme, people, covered, "
                "amount, amount_cashless, months) SELECT %s, part, key, commune_id, unit_id, scheme, people, covered, "
                "amount, amount_cashless, months FROM reports_figure WHERE snapshot_id = %s",
                [month, LAST],
            )
        cursor.execute("VACUUM ANALYZE reports_figure")


def _viewer() -> Client:
    user = User.objects.create_user("bench", password=None)
    province = Unit.objects.on(LAST).get(level=Level.PROVINCE)
    Role.objects.create(user=user, name=RoleName.VIEWER, unit=province, valid_from=date(2024, 1, 1))
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
