"""The short form of the fault run: each fault once, with real processes of its own (the long form: `make fault`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.faults.campaign import SWEEPS
from tests.faults.processes import PROJECT, die_with

pytestmark = pytest.mark.slow


def test_what_is_made_under_each_fault_is_what_is_made_without_and_the_ledger_is_clean(request):
    seed = str(request.config.getoption("--seed"))
    once = [
        word for fault in ("workers", "databases", "brokers", "supervisors") for word in (f"--{fault}", "1")
    ]
    with subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.faults.campaign",
            *once,
            "--people",
            "300",
            "--slice",
            "50",
            "--seed",
            seed,
            "--json",
        ],
        cwd=PROJECT,
        env=os.environ | {"ANSINH_DB_ROLE": "owner"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - the test starts it from the main thread
    ) as running:
        out, errors = running.communicate(timeout=1_500)
    assert running.returncode == 0, errors.decode()[-2_000:] + out.decode()
    said = json.loads(out.decode().splitlines()[-1])
    assert [one["inside"] for one in said["results"]] == [1, 1, 1, 1]
    assert [(one["lost"], one["double"], one["unclean"]) for one in said["results"]] == [(0, 0, 0)] * 4
    assert max(one["most_sweeps"] for one in said["results"]) <= SWEEPS
