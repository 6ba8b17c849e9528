"""The load run, once the environment names the database's owner: starts the site, lets everybody work, counts."""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from bench import load_world
from bench.load_client import Answer, Site, addresses_of, bank, headers_of, officer
from bench.world import scratch_database
from common.months import add_months
from config.celery import app
from payments import dispatch
from payments.models import Cycle, Round, RoundState
from payments.operations import generation

PAGE_LIMIT, API_LIMIT = 500, 1_000  # milliseconds, at the 95th percentile
START_SECONDS = 120.0
WARM_TIMES = 3
CYCLE_SECONDS = 300.0
PROJECT = Path(__file__).resolve().parent.parent
Spans = list[tuple[float, float]]


def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Prepare, work, and report: `rows` by page, totals, the limits kept or not."""
    if asked.here:
        return _measure(asked)
    with scratch_database(name=f"bench_load_{os.getpid()}", people=asked.people, seed=asked.seed):
        load_world.prepare_months()
        return _measure(asked)


def _measure(asked: argparse.Namespace) -> dict[str, Any]:
    draw = Random(asked.seed)
    cast = load_world.take_part(officers=asked.officers, banks=asked.banks, draw=draw)
    with _site() as port:
        asyncio.run(_warm(Site(port, time.monotonic()), cast))
        site = Site(port, time.monotonic() + asked.seconds)
        made = asyncio.run(_work(asked, site, cast, draw))
    return _report(asked, site.answers, made)


async def _work(asked: argparse.Namespace, site: Site, cast: load_world.Cast, draw: Random) -> Spans:
    async with asyncio.TaskGroup() as tasks:
        making = tasks.create_task(_make_cycles(site, every=asked.every))
        for who in cast.officers:
            tasks.create_task(
                officer(
                    site,
                    who,
                    cookie=settings.SESSION_COOKIE_NAME,
                    think=asked.think,
                    draw=Random(draw.random()),
                )
            )
        for client in cast.banks:
            tasks.create_task(bank(site, client, think=asked.bank_think, draw=Random(draw.random())))
    return making.result()


async def _warm(site: Site, cast: load_world.Cast) -> None:
    """Every page a few times, so that each process of the site has read its templates."""
    pages = {
        name: (address, headers_of(who, settings.SESSION_COOKIE_NAME))
        for who in cast.officers
        for name, address in addresses_of(who, Random(1))
    }
    for _time in range(WARM_TIMES):
        for name, (address, headers) in pages.items():
            await site.ask(name, address, headers)
    while not app.control.ping(timeout=1):
        pass


async def _make_cycles(site: Site, *, every: float) -> Spans:
    """One month after the other is made by the workers; from when to when each was."""
    spans: Spans = []
    try:
        while site.open:
            began = time.monotonic()
            if not await sync_to_async(_open_next)():
                break
            while await sync_to_async(_being_made)() and time.monotonic() < began + CYCLE_SECONDS:
                await asyncio.sleep(0.5)
            spans.append((began, time.monotonic()))
            await asyncio.sleep(max(0.0, min(began + every, site.until) - time.monotonic()))
    finally:
        await sync_to_async(connections.close_all)()  # those of the thread which opened the rounds
    return spans


def _open_next() -> bool:
    """The next month's round, rung for; False where the roll's units have ended."""
    last = Cycle.objects.order_by("-last_month").values_list("last_month", flat=True)[0]
    month = add_months(last, 1)
    if month > load_world.LAST:
        return False
    made = generation.open_round(
        cycle=generation.open_cycle(month=month, reckoned_on=date(2024, 12, 20)),
        routed_on=month,
        at=timezone.now(),
    )
    dispatch.ring(round_id=made.pk)
    return True


def _being_made() -> bool:
    return Round.objects.filter(state=RoundState.GENERATING).exists()


def _report(asked: argparse.Namespace, answers: list[Answer], made: Spans) -> dict[str, Any]:
    by_name: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_name[answer.name].append(answer)
    pages = [one for one in answers if not one.name.startswith("API")]
    api = [one for one in answers if one.name.startswith("API")]
    beside = [one for one in pages if any(start <= one.at <= end for start, end in made)]
    failed = [one for one in answers if not 200 <= one.status < 300]
    rows = [_row(name, found) for name, found in by_name.items()]
    rows.sort(key=lambda row: (row["name"].startswith("API"), -row["p95"]))
    totals = [
        _row("all pages", pages),
        _row("pages while a cycle was made", beside),
        _row("the whole API", api),
    ]
    kept = not failed and totals[0]["p95"] <= PAGE_LIMIT and totals[2]["p95"] <= API_LIMIT
    return {
        "on": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores",
        "officers": asked.officers,
        "banks": asked.banks,
        "seconds": asked.seconds,
        "cycles_seconds": [round(end - start, 1) for start, end in made],
        "failed": len(failed),
        "failures": sorted({f"{one.name}: {one.status}" for one in failed})[:10],
        "kept": kept,
        "rows": totals + rows,
    }


def _row(name: str, found: list[Answer]) -> dict[str, Any]:
    """Count and milliseconds: median, 95th percentile, slowest."""
    taken = sorted(one.seconds * 1_000 for one in found) or [0.0]
    last = len(taken) - 1
    return {
        "name": name,
        "count": len(found),
        "p50": round(taken[last // 2]),
        "p95": round(taken[-(-last * 95 // 100)]),
        "most": round(taken[-1]),
    }


@contextmanager
def _site() -> Iterator[int]:
    """gunicorn and a worker with beat on the database that this process uses, with the application's rights."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    programs = Path(sys.executable).parent
    environment = os.environ | {
        "DATABASE_URL": _url(settings.SERVICES.database_url),
        "REDIS_URL": settings.REDIS_URL,
        "PYTHONWARNINGS": "ignore::UserWarning",  # collected static files: there are none here
    }
    for name in ("ANSINH_DB_ROLE", "DATABASE_OWNER_URL"):
        environment.pop(name, None)
    web = [programs / "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    web += ["--workers", "2", "--worker-class", "gthread", "--threads", "8"]
    worker = [programs / "celery", "-A", "config", "worker", "--beat", "--concurrency", "2"]
    worker += ["--loglevel", "error"]
    running: list[subprocess.Popen[bytes]] = []
    try:
        for command in (web, worker):
            running.append(subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL))
        _wait_for(port, running[0])
        yield port
    finally:
        for each in running:
            each.terminate()
        for each in running:
            each.wait(60)


def _url(address: str) -> str:
    return urlsplit(address)._replace(path="/" + connection.settings_dict["NAME"]).geturl()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the site does not start")
