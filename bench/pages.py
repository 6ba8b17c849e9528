"""The server time of pages and their number of queries, asked by an officer of the whole province."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, RoleName, User
from areas.models import Level, Unit


def officer_of_the_province(role: RoleName, *, since: date) -> Client:
    """A signed-in officer with that role from a day on."""
    user = User.objects.create_user("bench", password=None)
    province = Unit.objects.on(since).get(level=Level.PROVINCE)
    Role.objects.create(user=user, name=role, unit=province, valid_from=since)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def time_pages(client: Client, addresses: Iterable[str], *, times: int) -> dict[str, Any]:
    """Each address once to warm up, then `times` times: `seconds` (median), `slowest_seconds` and most `queries`."""
    seconds, queries = [], 0
    for address in addresses:
        client.get(address)
        for _time in range(times):
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
    }
