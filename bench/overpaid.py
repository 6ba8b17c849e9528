"""The list of overpayments after a change of law that made everybody's months too high: its server time and queries.

Three months are paid, then a base of social protection turns out lower from the first of them; the fourth list reckons
that, and the first two pages are asked for.
"""

from __future__ import annotations

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
    client = _officer()
    addresses = ["/overpaid/", f"/overpaid/?after={Excess.objects.order_by('-person')[0].person_id // 2}"]
    seconds, queries = [], 0
    for address in addresses:
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
        "overpaid_people": Excess.objects.values("person").distinct().count(),
        "overpaid_months": Excess.objects.count(),
    }


def _officer() -> Client:
    user = User.objects.create_user("bench", password=None)
    province = Unit.objects.on(FIRST).get(level=Level.PROVINCE)
    Role.objects.create(user=user, name=RoleName.AUDITOR, unit=province, valid_from=date(2024, 1, 1))
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
