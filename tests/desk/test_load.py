"""The load run in its short form: real processes, sessions and tokens; nothing may fail while cycles are made."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from accounts.models import RoleName
from bench.load_client import PAGES
from tests.faults.processes import PROJECT, die_with

pytestmark = pytest.mark.slow

SMALL = (
    "--people 300 --officers 16 --banks 2 --seconds 12 --think 0.3 0.9 --bank-think 0.1 0.3 --every 5 --json"
)


def test_officers_and_banks_work_at_once_while_cycles_are_made_and_nothing_fails():
    """No time is judged here: that is `python -m bench.load`'s, on a machine where nothing else runs."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.load", *SMALL.split()],
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if name != "REDIS_URL"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - the test starts it from the main thread
    ) as running:
        out, errors = running.communicate(timeout=1_500)
    lines = out.decode().splitlines()
    assert lines, errors.decode()[-4_000:]
    report = json.loads(lines[-1])
    assert (report["failed"], report["failures"]) == (0, [])
    assert report["cycles_seconds"]
    answered = {row["name"]: row["count"] for row in report["rows"]}
    assert answered["all pages"] > 0
    assert answered["the whole API"] > 0
    assert {name for name in answered if name.startswith("API")} >= {"API token", "API lists", "API payments"}


def test_every_role_has_pages_to_open():
    assert set(PAGES) == set(RoleName.values)
