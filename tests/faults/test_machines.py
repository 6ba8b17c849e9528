"""Workers on several hosts: one is cut off inside a slice, one hangs, one is added; the month is made exactly once."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.faults.hosts import namespaces_allowed
from tests.faults.processes import PROJECT, die_with

pytestmark = pytest.mark.slow


def found() -> dict[str, object]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.machines"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - the test starts it from the main thread
    ) as running:
        out, errors = running.communicate(timeout=1_500)
    assert running.returncode == 0, errors.decode()[-6_000:]
    return dict(json.loads(out.decode().splitlines()[-1]))


def test_a_host_cut_off_inside_its_slice_costs_half_a_minute_and_no_payment():
    """On network namespaces; where these are forbidden behind proxies, never not at all."""
    said = found()
    assert said["hosts"] == ("cabled" if namespaces_allowed() else "proxied")
    assert (said["lost"], said["double"], said["clean"]) == (0, 0, True)
    assert (said["after_return"], said["with_all"]) == (0, 0)
    assert said["control_holds"] is True, "without the settings a cut connection must keep its slice"
