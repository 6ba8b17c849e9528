"""A bank at work over HTTP, on a server of its own: its lists, their instructions, confirmations, results, statements.

The floor of a page of instructions is its rows read and decrypted in this process, without HTTP.
"""

from __future__ import annotations

import re
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from banks.models import Client, Scope
from banks.operations.access import create_client
from banks.queries.lists import instruction_page
from banks.simulator.bank import Bank, Habits
from banks.simulator.http import Connection
from bench.world import World, environment_there, peak_rss_mb
from desk.demonstration.over_http import site_over_http
from desk.demonstration.providers import release
from payments.models import Batch
from payments.operations.cycles import run_cycle

MONTH, DAY = date(2024, 8, 1), date(2024, 8, 5)
BANK = "970405"
PAGE = 1_000
HABITS = Habits(returned=0.0, repeated=0.0, message_size=PAGE)


@dataclass
class Timed(Connection):
    """A connection that keeps the seconds of each request by its kind: the path with its numbers left out."""

    kept: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def _send(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Any:
        started = time.perf_counter()
        answer = super()._send(method, path, content, headers)
        self.kept[_kind(method, path)].append(time.perf_counter() - started)
        return answer


@dataclass
class InProcess(Connection):
    """The same requests to the site in this process, and how many queries each kind needs at most."""

    queries: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def _send(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Any:
        kept = {key: value for key, value in headers.items() if key != "Content-Type"} | {"Host": "localhost"}
        with CaptureQueriesContext(connection) as captured:
            answer = Browser(headers=kept).generic(
                method, f"/api/banks/v1{path}", content or b"", content_type=headers.get("Content-Type", "")
            )
        assert answer.status_code == 200, answer.content[:500]
        kind = _kind(method, path)
        self.queries[kind] = max(self.queries[kind], len(captured))
        return answer.json()


def measure(_world: World, *, pairs: int) -> dict[str, Any]:
    """The bank's month once, its largest page `pairs` times beside its floor; one list more counts the queries."""
    run_cycle(month=MONTH, at=timezone.now)
    least, *others = Batch.objects.filter(provider=BANK, count__gt=0).order_by("count", "pk")
    hand_over = _hands()
    for batch in others:
        hand_over(batch)
    client, secret = create_client(
        provider=BANK, name="bench", scopes=Scope.values, at=timezone.now(), per_minute=100_000
    )
    with site_over_http(environment_there()) as address:
        line = Timed(address, client.pk, secret)
        compared = _pages(line, client, others[-1], pairs)
        line.kept.clear()
        started = time.perf_counter()
        bank = Bank(line, HABITS, DAY)
        bank.work()
        whole = time.perf_counter() - started
    hand_over(least)
    here = InProcess("", client.pk, secret)
    Bank(here, HABITS, DAY).work()
    return {
        **compared,
        "lists": len(others),
        "payments": bank.done["paid"] + bank.done["failed"],
        "month_seconds": round(whole, 2),
        "requests": {
            kind: _figures(seconds) | {"queries": here.queries[kind]}
            for kind, seconds in sorted(line.kept.items())
        },
        "peak_rss_mb": peak_rss_mb(),
    }


def _kind(method: str, path: str) -> str:
    return f"{method} {re.sub('[0-9]+', '…', path.partition('?')[0])}"


def _hands() -> Callable[[Batch], None]:
    preparer, approver, accountant = (
        User.objects.create_user(name, password=None) for name in ("one", "two", "three")
    )

    def hand_over(batch: Batch) -> None:
        release(batch=batch, preparer=preparer, approver=approver, accountant=accountant, at=timezone.now())

    return hand_over


def _pages(line: Timed, client: Client, batch: Batch, pairs: int) -> dict[str, Any]:
    """Seconds of the first page of a list, over HTTP and read here, in alternation."""
    address = f"/batches/{batch.pk}/payments"
    line.get(f"{address}?limit={PAGE}")
    floors = []
    for _pair in range(pairs):
        line.get(f"{address}?limit={PAGE}")
        started = time.perf_counter()
        rows = len(instruction_page(client=client, batch=batch, after=0, size=PAGE))
        floors.append(time.perf_counter() - started)
    ours = line.kept[_kind("GET", address)][1:]
    ratios = [one / floor for one, floor in zip(ours, floors, strict=True)]
    return {
        "page_rows": rows,
        "seconds": round(statistics.median(ours), 4),
        "floor_seconds": round(statistics.median(floors), 4),
        "ratio": round(statistics.median(ratios), 2),
        "ratios": [round(ratio, 2) for ratio in ratios],
    }


def _figures(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "count": len(ordered),
        "p50": round(statistics.median(ordered), 4),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 4),
    }
