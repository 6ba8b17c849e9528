"""The list of overpayments after a change of law that made everybody's months too high: its server time and queries.

Three months are paid, then a base of social protection turns out lower from the first of them; the fourth list reckons
that, and the first two pages are asked for.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import RoleName
from bench.pages import officer_of_the_province, time_pages
from bench.world import World, peak_rss_mb
from benefits.models import Base
from common.months import add_months
from payments.models import Excess
from payments.operations.cycles import run_cycle

FIRST = date(2024, 8, 1)
MONTHS = 3


def measure(_world: World, *, pairs: int) -> dict[str, Any]:
    """Each page `pairs` times."""
    for offset in range(MONTHS):
        run_cycle(month=add_months(FIRST, offset), at=timezone.now)
    Base.objects.create(
        base_code="BTXH_STANDARD", amount=450_000, applies_from=FIRST, in_force_from=date(2024, 10, 10),
        legal_source="Nghị định thử", confidence="assumed",
    )  # fmt: skip
    run_cycle(month=add_months(FIRST, MONTHS), at=timezone.now)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE payments_excess, payments_line, payments_payment")
    client = officer_of_the_province(RoleName.AUDITOR, since=FIRST)
    middle = Excess.objects.order_by("-person")[0].person_id // 2
    return time_pages(client, ["/overpaid/", f"/overpaid/?after={middle}"], times=pairs) | {
        "overpaid_people": Excess.objects.values("person").distinct().count(),
        "overpaid_months": Excess.objects.count(),
        "peak_rss_mb": peak_rss_mb(),
    }
