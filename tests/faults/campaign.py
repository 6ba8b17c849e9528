"""`python -m tests.faults.campaign`: real processes, killed at random points; what they leave must be what they would
have made undisturbed.

A state of its own (servers that wait for the disk, as in production), a synthetic roll, one round made without any
fault as the control. Then, again and again: everything of the round is taken away, it is begun anew, a fault strikes at
a random moment of its making, and the sweep of each minute is sent by hand. The payments and lines must be those of the
control, digest for digest, the ledger clean, and two sweeps enough.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

SWEEPS = 2
PATIENCE = 300.0  # seconds until a round that does not go on counts as lost
RESTARTS_A_MINUTE = 4  # the supervisor takes five deaths within a minute for a server that cannot run


@dataclass
class Result:
    """What the faults of one kind left behind."""

    fault: str
    struck: int = 0
    inside: int = 0  # of them, while the round was being made
    lost: int = 0
    double: int = 0
    unclean: int = 0
    most_sweeps: int = 0


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=200, help="worker kill -9, at so many random points")
    parser.add_argument(
        "--databases", type=int, default=50, help="PostgreSQL stopped at once, or a backend killed"
    )
    parser.add_argument("--brokers", type=int, default=20, help="Valkey flushed, or killed")
    parser.add_argument("--supervisors", type=int, default=5, help="the servers' supervisor killed")
    parser.add_argument("--people", type=int, default=4_000)
    parser.add_argument("--slice", type=int, default=200, help="people a slice")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def main() -> int:
    asked = parse(sys.argv[1:])
    state = Path(tempfile.mkdtemp(prefix="ansinh-faults-"))
    for name in (
        "ANSINH_TEST_SERVICES",
        "ANSINH_TEST_STATE",
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "REDIS_URL",
    ):
        os.environ.pop(name, None)
    os.environ |= {
        "ANSINH_STATE": str(state),
        "ANSINH_IDLE_SECONDS": "5",
        "ANSINH_SLICE_PEOPLE": str(asked.slice),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ANSINH_DB_ROLE": "owner",
    }
    # Settings and models are read only now that the environment names the state.
    from config import services

    services.ensure()
    import django

    django.setup()
    from tests.faults.campaign_round import Stage

    stage = Stage(state=state, people=asked.people, seed=asked.seed)
    try:
        results = run(asked, stage, draw=random.Random(asked.seed))
    finally:
        stage.leave()
        services.stop()
        shutil.rmtree(state, ignore_errors=True)
    clean = all(one.lost == one.double == one.unclean == 0 and one.most_sweeps <= SWEEPS for one in results)
    report(asked, results, clean=clean, seconds=stage.undisturbed)
    return 0 if clean else 1


def run(asked: argparse.Namespace, stage, draw: random.Random) -> list[Result]:
    """Every fault of every kind asked for, one round each."""
    stage.build()
    kinds: list[tuple[str, int, Callable[[random.Random], None]]] = [
        ("worker kill -9", asked.workers, stage.kill_worker),
        ("PostgreSQL stopped at once, backends killed", asked.databases, stage.kill_database),
        ("Valkey flushed, killed", asked.brokers, stage.kill_broker),
        ("supervisor kill -9", asked.supervisors, stage.kill_supervisor),
    ]
    results = []
    for fault, times, strike in kinds:
        result = Result(fault)
        results.append(result)
        last: list[float] = []
        for _time in range(times):
            if strike != stage.kill_worker:
                pace(last)
            judge(stage, strike, draw, result)
            print(f"{fault}: {result.struck} of {times}", file=sys.stderr, flush=True)
    return results


def judge(stage, strike: Callable[[random.Random], None], draw: random.Random, result: Result) -> None:
    """One round with one fault, and what it left against what an undisturbed one makes."""
    stage.begin()
    time.sleep(draw.uniform(0, stage.undisturbed * 1.1))
    result.inside += stage.is_making()
    strike(draw)
    result.struck += 1
    sweeps = stage.finish(patience=PATIENCE)
    result.most_sweeps = max(result.most_sweeps, sweeps)
    lost, double = stage.compare()
    result.lost, result.double = result.lost + lost, result.double + double
    result.unclean += not stage.ledger_is_clean()


def pace(last: list[float]) -> None:
    """No more server deaths within a minute than an installation is built for."""
    now = time.monotonic()
    recent = [moment for moment in last if now - moment < 60]
    if len(recent) >= RESTARTS_A_MINUTE:
        time.sleep(60 - (now - recent[0]))
    last[:] = [*recent, time.monotonic()]


def report(asked: argparse.Namespace, results: list[Result], *, clean: bool, seconds: float) -> None:
    """The table of docs/reliability.md, or one JSON object."""
    if asked.json:
        print(json.dumps({"clean": clean, "seed": asked.seed, "results": [asdict(one) for one in results]}))
        return
    where = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores"
    print(
        f"seed {asked.seed}, {asked.people} people in slices of {asked.slice}, {where}; undisturbed {seconds:.1f} s"
    )
    print("| fault | struck | while a round was made | lost | double | ledger unclean | most sweeps |")
    print("|---|---|---|---|---|---|---|")
    for one in results:
        print("| " + " | ".join(str(value) for value in asdict(one).values()) + " |")


if __name__ == "__main__":
    sys.exit(main())
