"""`python -m tests.browser.large_import`: a whole province's roll uploaded in Chromium, looked at and applied.

A database of its own with the province's officers and nobody in it, a real site (gunicorn) and a real worker (Celery),
and the synthetic roll as an Excel file. Prints one JSON object: seconds from the file's arrival to the preview and
from the click on "apply" to the end, and the most memory that each process of ours held. The time that Chromium takes
to send the file stands apart. Exit code 1 where a row was refused or lost.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("ANSINH_DB_ROLE", "owner")
# Playwright drives the browser from an event loop in this thread.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import django

from config import services

if __name__ == "__main__":
    services.ensure()
    django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Page, expect, sync_playwright

from accounts.models import Role, RoleName, User
from areas.models import Level, Unit
from bench.importing import empty, write_apart
from bench.world import World, scratch_database
from beneficiaries.models import Entitlement
from desk.models import RollUpload
from tests.browser.conftest import CHROMIUM, DESK
from tests.faults.processes import PROJECT, die_with, spawn_worker

MONTH = date(2024, 12, 1)
PATIENCE = 600.0
# A Redis database that no other process of this state listens to.
REDIS_DATABASE = "15"


class Memory(threading.Thread):
    """The most that the processes below these ever held, in MB, by what they are; asked four times a second."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        super().__init__(daemon=True)
        self.roots, self.peaks = roots, dict.fromkeys([*roots, "reader"], 0)
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.25):
            for name, pid in self.roots.items():
                for found in _family(pid):
                    self._note(name, found)

    def _note(self, name: str, pid: int) -> None:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            peak = re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{pid}/status").read_text())
        except OSError:  # it has ended meanwhile
            return
        name = "reader" if b"table_reader" in command else name
        if peak:
            self.peaks[name] = max(self.peaks[name], int(peak[1]) // 1024)


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


@contextmanager
def _running(folder: Path) -> Iterator[tuple[str, Memory]]:
    """A site and a worker on the scratch database, and what they hold."""
    url = urlsplit(settings.SERVICES.owner_url)
    here = urlunsplit(url._replace(path="/" + connection.settings_dict["NAME"]))
    redis = settings.REDIS_URL.partition("?")[0] + f"?db={REDIS_DATABASE}"
    environment = os.environ | {"DATABASE_URL": here, "DATABASE_OWNER_URL": here, "REDIS_URL": redis}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "site.log").open("wb") as log:
        site = subprocess.Popen(
            [str(Path(sys.executable).parent / "gunicorn"), "config.wsgi", "--bind", f"127.0.0.1:{port}",
             "--worker-class", "gthread", "--threads", "4"],
            cwd=PROJECT, env=environment, stdout=log, stderr=log, start_new_session=True,
            preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - started from the main thread
        )  # fmt: skip
    worker = spawn_worker(log=folder / "worker.log", environment=environment)
    memory = Memory({"site": site.pid, "worker": worker.pid})
    memory.start()
    try:
        until = time.monotonic() + PATIENCE
        with socket.socket() as probe:
            while probe.connect_ex(("127.0.0.1", port)) and time.monotonic() < until:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}", memory
    finally:
        memory.ended.set()
        for process in (site, worker):
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)


def _administrator() -> Client:
    user = User.objects.create_user("large_import", password=None)
    province = Unit.objects.on(MONTH).get(level=Level.PROVINCE)
    Role.objects.create(user=user, name=RoleName.PREPARER, unit=province, valid_from=date(2024, 1, 1))
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _import(page: Page, site: str, path: Path) -> dict[str, float]:
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(f"{site}/rolls/")
    page.set_input_files("input[type=file]", str(path))
    started = time.perf_counter()
    with page.expect_navigation():
        page.locator("main form button.btn").click()
    sent = time.perf_counter()
    apply = page.locator("form[action$='/apply/'] button")
    expect(apply).to_be_visible(timeout=PATIENCE * 1000)
    checked = time.perf_counter()
    apply.click()
    expect(page.locator(".said.good")).to_be_visible(timeout=PATIENCE * 1000)
    ended = time.perf_counter()
    return {
        "sending_seconds": round(sent - started, 2),
        "check_seconds": round(checked - sent, 2),
        "apply_seconds": round(ended - checked, 2),
        "whole_seconds": round(ended - sent, 2),
    }


def measure(world: World) -> dict[str, Any]:
    """One import of the world's roll through the browser, into empty tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "danh-sach.xlsx"
        write_apart(path, world)
        empty()
        cookie = _administrator().cookies[settings.SESSION_COOKIE_NAME].value
        with _running(folder) as (site, memory), sync_playwright() as playwright:
            arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
            context = browser.new_context(locale="vi-VN", viewport=DESK)  # type: ignore[arg-type]
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
            seconds = _import(context.new_page(), site, path)
            browser.close()
        upload = RollUpload.objects.get()
        return {
            **seconds,
            "file_mb": round(path.stat().st_size / 2**20, 1),
            "rows": upload.rows,
            "new": upload.new,
            "refused": upload.refused,
            "benefits": Entitlement.objects.count(),
            "peak_mb": memory.peaks,
        }


def main() -> int:
    """Measure once and print; 1 where not every row arrived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=54_649)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    name = f"large_import_{os.getpid()}"
    with scratch_database(name=name, people=asked.people, seed=asked.seed) as world:
        found = measure(world)
    print(json.dumps({"name": "large_import", "people": asked.people, **found}))
    return 0 if found["refused"] == 0 and found["new"] == found["rows"] else 1


if __name__ == "__main__":
    sys.exit(main())
