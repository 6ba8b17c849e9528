"""Every benchmark measures a small roll, as `manage.py bench` does for anybody."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from desk.management.commands.bench import BENCHMARKS


@pytest.mark.parametrize("name", sorted(BENCHMARKS))
def test_a_benchmark_reports_its_time_and_its_memory(name):
    ran = subprocess.run(
        [sys.executable, "manage.py", "bench", name, "--people", "400", "--pairs", "1", "--json"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    measured = json.loads(ran.stdout)
    assert (measured["name"], measured["people"]) == (name, 400)
    assert measured["seconds"] > 0
    assert measured["peak_rss_mb"] > 0
