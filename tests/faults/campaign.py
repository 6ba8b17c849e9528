"""`python -m tests.faults.campaign`: real processes, killed at random points; what they leave must be what they would
have made undisturbed.

A state of its own (servers that wait for the disk, as in production), a synthetic roll, one round made without any
fault as the control. Then, again and again: everything of the round is taken away, it is begun anew, a fault strikes at
a random moment of its making, and the sweep of each minute is sent by hand. The payments and lines must be those of the
control, digest for digest, the ledger clean, and two sweeps enough.

The kinds of fault take turns in an order drawn from the seed. A fault that strikes only after the round is made counts
as struck and is done once more, so that as many as were asked for strike while a round is made. With `--journal` a run
that was broken off goes on after its last fault.
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
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

SWEEPS = 2
PATIENCE = 300.0  # seconds until a round that does not go on counts as lost
RESTARTS_A_MINUTE = 4  # the supervisor takes five deaths within a minute for a server that cannot run
TRIES = 4  # for each fault asked for, until it strikes while a round is made


@dataclass
class Result:
    """What the faults of one kind left behind; one fault's result is of the same shape."""

    fault: str
    struck: int = 0
    inside: int = 0  # of them, while the round was being made
    lost: int = 0
    double: int = 0
    unclean: int = 0
    most_sweeps: int = 0

    def add(self, one: Result) -> None:
        self.struck, self.inside = self.struck + one.struck, self.inside + one.inside
        self.lost, self.double = self.lost + one.lost, self.double + one.double
        self.unclean += one.unclean
        self.most_sweeps = max(self.most_sweeps, one.most_sweeps)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=200, help="worker kill -9, at so many random points")
    parser.add_argument(
        "--databases", type=int, default=50, help="PostgreSQL stopped at once, or a backend killed, half each"
    )
    parser.add_argument("--brokers", type=int, default=20, help="Valkey flushed, or killed, half each")
    parser.add_argument("--supervisors", type=int, default=5, help="the servers' supervisor killed")
    parser.add_argument("--people", type=int, default=800)
    parser.add_argument("--slice", type=int, default=40, help="people a slice")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--journal", type=Path, help="file of one line a fault: a second run goes on after it"
    )
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
    started = time.monotonic()
    try:
        results = run(asked, stage)
    finally:
        stage.leave()
        services.stop()
        shutil.rmtree(state, ignore_errors=True)
    clean = all(one.lost == one.double == one.unclean == 0 and one.most_sweeps <= SWEEPS for one in results)
    report(asked, results, clean=clean, round_seconds=stage.undisturbed, seconds=time.monotonic() - started)
    return 0 if clean else 1


def run(asked: argparse.Namespace, stage) -> list[Result]:
    """Every fault of every kind asked for, one round each; raises RuntimeError when one cannot be made to strike."""
    stage.build()
    strikes: dict[str, Callable[[random.Random], bool]] = {
        "worker kill -9": stage.kill_worker,
        "PostgreSQL stopped at once": stage.stop_database,
        "PostgreSQL backend killed": stage.kill_backend,
        "Valkey flushed": stage.flush_broker,
        "Valkey kill -9": stage.kill_broker,
        "supervisor kill -9": stage.kill_supervisor,
    }
    waiting = deque(plan(asked, list(strikes)))
    results = {fault: Result(fault) for fault in strikes if fault in waiting}
    wanted, known = len(waiting), journal_of(asked)
    deaths: list[float] = []
    for number in range(TRIES * wanted):
        if not waiting:
            return list(results.values())
        fault = waiting.popleft()
        if number < len(known):
            one = known[number]
        else:
            if fault in ("PostgreSQL stopped at once", "Valkey kill -9"):
                pace(deaths)
            one = judge(stage, fault, strikes[fault], random.Random(f"{asked.seed}/{number}"))
            note(asked, one)
        results[fault].add(one)
        if not one.inside:
            waiting.append(fault)
        print(f"{number}: {one}; {wanted - len(waiting)} of {wanted}", file=sys.stderr, flush=True)
    raise RuntimeError(f"these did not strike while a round was made: {list(waiting)}")


def plan(asked: argparse.Namespace, faults: list[str]) -> list[str]:
    """The kinds of fault in the order in which they strike."""
    databases, brokers = asked.databases, asked.brokers
    times = (asked.workers, databases - databases // 2, databases // 2, brokers - brokers // 2, brokers // 2)
    order = [
        fault for fault, often in zip(faults, (*times, asked.supervisors), strict=True) for _ in range(often)
    ]
    random.Random(asked.seed).shuffle(order)
    return order


def judge(stage, fault: str, strike: Callable[[random.Random], bool], draw: random.Random) -> Result:
    """One round with one fault, and what it left against what an undisturbed one makes."""
    one = Result(fault)
    stage.begin()
    time.sleep(draw.uniform(0, stage.undisturbed * 1.1))
    making = stage.is_making()
    one.struck = int(strike(draw))
    one.inside = int(making and one.struck)
    one.most_sweeps = stage.finish(patience=PATIENCE)
    one.lost, one.double = stage.compare()
    one.unclean = int(not stage.ledger_is_clean())
    return one


def journal_of(asked: argparse.Namespace) -> list[Result]:
    """What an earlier run of the same seed and numbers wrote down."""
    if asked.journal is None or not asked.journal.exists():
        return []
    return [Result(**json.loads(line)) for line in asked.journal.read_text().splitlines()]


def note(asked: argparse.Namespace, one: Result) -> None:
    if asked.journal is not None:
        with asked.journal.open("a") as journal:
            journal.write(json.dumps(asdict(one)) + "\n")


def pace(last: list[float]) -> None:
    """No more server deaths within a minute than an installation is built for."""
    now = time.monotonic()
    recent = [moment for moment in last if now - moment < 60]
    if len(recent) >= RESTARTS_A_MINUTE:
        time.sleep(60 - (now - recent[0]))
    last[:] = [*recent, time.monotonic()]


def report(
    asked: argparse.Namespace, results: list[Result], *, clean: bool, round_seconds: float, seconds: float
) -> None:
    """The table of docs/reliability.md, or one JSON object."""
    if asked.json:
        print(json.dumps({"clean": clean, "seed": asked.seed, "results": [asdict(one) for one in results]}))
        return
    print(
        f"seed {asked.seed}, {asked.people} people in slices of {asked.slice}, {datetime.now(UTC):%Y-%m-%d}, "
        f"{os.cpu_count()} cores; undisturbed {round_seconds:.1f} s; {seconds / 60:.0f} minutes"
    )
    print("| fault | struck | while a round was made | lost | double | ledger unclean | most sweeps |")
    print("|---|---|---|---|---|---|---|")
    for one in results:
        print("| " + " | ".join(str(value) for value in asdict(one).values()) + " |")


if __name__ == "__main__":
    sys.exit(main())
