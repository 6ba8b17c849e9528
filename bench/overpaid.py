"""The list of overpayments after a change of law that made everybody's months too high: its server time and queries.

Three months are paid, then a base of social protection turns out lower from the first of them. The figures of the
dashboard are taken while everybody waits for the fourth list; that reckons it, and the first two pages are asked for.
"""

from __future__ import annotations

from datetime import date
from time import monotonic
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import RoleName
from bench.pages import officer_of_the_province, time_pages
from bench.world import World, peak_rss_mb
from benefits.models import Base, Category
from common.months import add_months
from payments.models import Excess
from payments.operations.cycles import run_cycle
from payments.operations.lookback import queue_late_rates
from reports.operations import refresh_figures

FIRST = date(2024, 8, 1)
MONTHS = 3


def measure(_world: World, *, pairs: int) -> dict[str, Any]:
    """Each page `pairs` times."""
    for offset in range(MONTHS):
        run_cycle(month=add_months(FIRST, offset), at=timezone.now)
    in_force = date(2024, 9, 10)  # before the last list date: loaded too late for that list
    Base.objects.create(
        base_code="BTXH_STANDARD", amount=450_000, applies_from=FIRST, in_force_from=in_force,
        legal_source="Nghị định thử", confidence="assumed",
    )  # fmt: skip
    refresh_figures(at=timezone.now())
    codes = (
        Category.objects.filter(rates__base_code="BTXH_STANDARD").distinct().values_list("code", flat=True)
    )
    waiting = queue_late_rates(changes=[(code, FIRST, in_force) for code in codes])
    started = monotonic()
    refresh_figures(at=timezone.now())
    figures_seconds = monotonic() - started
    run_cycle(month=add_months(FIRST, MONTHS), at=timezone.now)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE payments_excess, payments_line, payments_payment")
    client = officer_of_the_province(RoleName.AUDITOR, since=FIRST)
    middle = Excess.objects.order_by("-person")[0].person_id // 2
    return time_pages(client, ["/overpaid/", f"/overpaid/?after={middle}"], times=pairs) | {
        "waiting_people": waiting,
        "figures_seconds_while_waiting": round(figures_seconds, 2),
        "overpaid_people": Excess.objects.values("person").distinct().count(),
        "overpaid_months": Excess.objects.count(),
        "peak_rss_mb": peak_rss_mb(),
    }
