"""The stage of a fault run: a roll, a worker, and one month's round that is made over and over."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

import redis
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone
from kombu.exceptions import OperationalError

from config import services
from config.celery import app
from config.services.paths import state_of
from desk.queries.ledger import check_ledger
from payments import dispatch
from payments.models import Line, Payment, Round, RoundState
from payments.operations import generation
from tests.faults.forked import ForkedWorker, make_ready
from tests.faults.processes import kill_group

T = TypeVar("T")
MONTH = date(2024, 12, 1)
QUIET = 8  # looks in a row, a quarter of a second apart, in which nobody works


class Stage:
    """`undisturbed` is how long the round takes without a fault, in seconds."""

    def __init__(self, *, state: Path, people: int, seed: int) -> None:
        self.state, self.people, self.seed = state, people, seed
        self.undisturbed = 0.0
        self.worker: ForkedWorker | None = None
        self.control: Counter[tuple[object, ...]] = Counter()

    def build(self) -> None:
        """Tables, the roll, a worker, and the control: the round made without a fault."""
        call_command("migrate", verbosity=0)
        call_command("load_reference", "--province", "60", verbosity=0, stdout=self._nowhere())
        call_command(
            "seed_roll",
            "--people",
            str(self.people),
            "--month",
            "2024-12",
            "--seed",
            str(self.seed),
            stdout=self._nowhere(),
        )
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE faults_reckon AS TABLE beneficiaries_reckon")
        make_ready()
        self._start_worker()
        for _warm in range(2):  # the first round also waits for the worker to start
            self.begin()
            started = time.monotonic()
            self._wait(lambda: not self.is_making(), seconds=300)
            self.undisturbed = time.monotonic() - started
            self.finish(patience=300)
        self.control = self._made()
        if not self.control or not self.ledger_is_clean():
            raise RuntimeError("the undisturbed round is no control")

    def begin(self) -> None:
        """Take the whole month away and open its round anew; the doorbell rings."""
        again(self._take_away)
        made = again(
            lambda: generation.open_round(
                cycle=generation.open_cycle(month=MONTH), routed_on=MONTH, at=timezone.now()
            )
        )
        self._keep_worker()
        dispatch.ring(round_id=made.pk)

    def is_making(self) -> bool:
        return again(lambda: Round.objects.filter(state=RoundState.GENERATING).exists())

    def finish(self, *, patience: float) -> int:
        """Send the minute's sweep whenever nobody works any more, until the round is made; how many it took."""
        deadline, sweeps = time.monotonic() + patience, 0
        self._until_quiet(deadline)
        while self.is_making() and time.monotonic() < deadline:
            with contextlib.suppress(OperationalError):
                app.send_task("payments.tasks.sweep", retry=False)
                sweeps += 1
            self._until_quiet(deadline)
        return sweeps

    def compare(self) -> tuple[int, int]:
        """How many payments and lines are missing against the control, and how many too many."""
        made = again(self._made)
        return (self.control - made).total(), (made - self.control).total()

    def ledger_is_clean(self) -> bool:
        return (
            again(lambda: not any(invariant.broken for invariant in check_ledger())) and not self.is_making()
        )

    def leave(self) -> None:
        if self.worker is not None:
            kill_group(self.worker)
        connection.close()

    # Each fault says whether it struck: whether what it was meant for was there.

    def kill_worker(self, draw: random.Random) -> bool:
        """The worker and its pool are gone; whoever keeps it running starts another."""
        assert self.worker is not None
        struck = self.worker.poll() is None
        kill_group(self.worker)
        self._start_worker()
        return struck

    def stop_database(self, draw: random.Random) -> bool:
        """The whole server, without a word to anybody (pg_ctl's immediate mode)."""
        pid = (state_of(os.environ).postgres / "postmaster.pid").read_text().split()[0]
        os.kill(int(pid), signal.SIGQUIT)
        return True

    def kill_backend(self, draw: random.Random) -> bool:
        """One server process that works for the worker, or that waits for it where none works."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid, state <> 'idle' AS works FROM pg_stat_activity WHERE usename = 'ansinh_app'"
            )
            found = cursor.fetchall()
            working = [pid for pid, works in found if works] or [pid for pid, _works in found]
            if not working:
                return False
            cursor.execute("SELECT pg_terminate_backend(%s)", [draw.choice(working)])
            return bool(cursor.fetchone()[0])

    def flush_broker(self, draw: random.Random) -> bool:
        """Every message forgotten."""
        return bool(redis.from_url(settings.REDIS_URL).flushall())

    def kill_broker(self, draw: random.Random) -> bool:
        """The server dead, and all that it knew."""
        pid = int(redis.from_url(settings.REDIS_URL).info("server")["process_id"])
        os.kill(pid, signal.SIGKILL)
        return True

    def kill_supervisor(self, draw: random.Random) -> bool:
        """Its servers go with it; the next command starts another, as any client does."""
        pid = int((state_of(os.environ).lock / "supervisor").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        self._wait(lambda: not Path(f"/proc/{pid}").exists() or _is_zombie(pid), seconds=60)
        services.ensure()
        return True

    def _keep_worker(self) -> None:
        """What compose's `restart` does: a worker that ended by itself, as one may when its broker dies, comes back."""
        if self.worker is not None and self.worker.poll() is not None:
            print("the worker ended by itself and is started again", file=sys.stderr, flush=True)
            self._start_worker()

    def _start_worker(self) -> None:
        self.worker = ForkedWorker(log=self.state / "worker.log", concurrency=2)

    def _take_away(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE payments_cycle, beneficiaries_reckon, postal_tally CASCADE")
            cursor.execute("INSERT INTO beneficiaries_reckon SELECT * FROM faults_reckon")

    def _made(self) -> Counter[tuple[object, ...]]:
        """Every payment and every line, as often as it is there."""
        made: Counter[tuple[object, ...]] = Counter(
            Payment.objects.values_list("pk", "amount", "commune", "payout_method")
        )
        made.update(Line.objects.values_list("payment", "entitlement", "for_month", "kind", "amount"))
        return made

    def _until_quiet(self, deadline: float) -> None:
        """Until the round is made, or nobody has worked on it for two seconds."""
        quiet = 0
        while quiet < QUIET and time.monotonic() < deadline and self.is_making():
            self._keep_worker()
            quiet = 0 if self._somebody_works() else quiet + 1
            time.sleep(0.25)

    def _somebody_works(self) -> bool:
        """A message waits, the worker starts, or a server process works for one, perhaps for one already dead."""
        with contextlib.suppress(redis.RedisError):
            client = redis.from_url(settings.REDIS_URL)
            if client.llen("celery") or not client.pubsub_numpat():
                return True
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ansinh_app' AND state <> 'idle'"
            )
            return bool(cursor.fetchone()[0])
        return True

    def _wait(self, what: Callable[[], bool], *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not what():
            if time.monotonic() > deadline:
                raise RuntimeError(
                    f"nothing came; the worker says: {(self.state / 'worker.log').read_text()[-2000:]}"
                )
            time.sleep(0.05)

    def _nowhere(self):
        return (self.state / "out.log").open("a")


def again(what: Callable[[], T], *, seconds: float = 90.0) -> T:
    """The answer, from a database that may be starting again at this moment."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return what()
        except DatabaseError:
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
