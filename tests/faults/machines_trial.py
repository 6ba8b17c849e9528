"""The trial of machines.py, once the environment names its servers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import redis
from django.conf import settings
from django.utils import timezone

from config.celery import app
from payments import dispatch
from payments.models import Round, Slice, SliceState
from payments.operations import generation
from tests.faults.campaign_round import MONTH, Stage
from tests.faults.machines import Machines
from tests.servers import Postgres

PATIENCE = 240.0
FREED = 90.0  # seconds until the server must have ended a cut connection; its own limits are 25 and 30
LOCK = 20241201  # whoever writes a line waits for it


@dataclass(frozen=True, slots=True)
class Held:
    """A host's transaction inside its slice: the server's process for it."""

    host: str
    pid: int


class Trial(Stage):
    """The stage of the fault run, whose undisturbed worker is that of the host `added`."""

    def __init__(self, machines: Machines, *, people: int) -> None:
        super().__init__(state=machines.folder, people=people, seed=1)
        self.machines = machines

    def _start_worker(self) -> None:
        self.machines.work("added")
        self.worker = self.machines.workers["added"]

    def open(self) -> int:
        """The month once more, from nothing; its round, for which nobody has rung yet."""
        self._take_away()
        cycle = generation.open_cycle(month=MONTH)
        return generation.open_round(cycle=cycle, routed_on=MONTH, at=timezone.now()).pk

    def hold(self, name: str, holder: psycopg.Connection, others: list[Held]) -> Held:
        """A worker on that host takes a slice and is held inside it."""
        self.machines.work(name)
        dispatch.ring(round_id=Round.objects.get().pk)
        known = {held.pid for held in others}
        self.until(lambda: _waiting(holder) - known)
        return Held(name, (_waiting(holder) - known).pop())

    def sweep_until(self, what: Callable[[], bool]) -> None:
        """What the beat does each minute, until it has helped."""
        deadline = time.monotonic() + PATIENCE
        while not what():
            assert time.monotonic() < deadline, self.machines.said()
            self.sweep()
            time.sleep(1)

    def sweep(self) -> None:
        app.send_task("payments.tasks.sweep")
        self.until(lambda: not _messages())

    def until(self, what: Callable[[], object], seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < deadline, self.machines.said()
            time.sleep(0.1)


def play(machines: Machines, *, people: int) -> dict[str, object]:
    """The whole trial; what it found."""
    trial = Trial(machines, people=people)
    trial.build()
    machines.rest("added")
    with _lines_wait(machines.postgres) as holder:
        trial.open()
        slices = Slice.objects.count()
        assert slices >= 5, slices
        cut = trial.hold("cut", holder, [])
        control = trial.hold("control", holder, [cut])
        hanging = trial.hold("hanging", holder, [cut, control])
        freed = _strike(trial, holder, cut, control, hanging)
        machines.work("added")
        trial.sweep_until(lambda: _done() == slices - 1)
        trial.sweep()
        control_holds = _alive(holder, control) and _done() == slices - 1 and trial.is_making()
        holder.execute("SELECT pg_terminate_backend(%s, 10000)", [control.pid])
        trial.sweep_until(lambda: not trial.is_making())
    lost, double = trial.compare()
    clean = trial.ledger_is_clean()
    _come_back(trial)
    return {
        "slices": slices,
        "freed_seconds": freed,
        "control_holds": control_holds,
        "lost": lost,
        "double": double,
        "after_return": sum(trial.compare()),
        "with_all": _made_by_all(trial),
        "clean": clean and trial.ledger_is_clean(),
    }


def _strike(
    trial: Trial, holder: psycopg.Connection, cut: Held, control: Held, hanging: Held
) -> dict[str, float]:
    """Pull two cables and stop the third host; the seconds until the server ended each but the control."""
    machines = trial.machines
    struck = time.monotonic()
    machines.hosts["cut"].cut()
    machines.hosts["control"].cut()
    os.killpg(machines.workers["hanging"].pid, signal.SIGSTOP)
    freed: dict[str, float] = {}
    if machines.hosts["cut"].drops_packets:  # noticed although its statement still waits
        trial.until(lambda: not _alive(holder, cut), FREED)
        freed["cut"] = round(time.monotonic() - struck, 1)
    holder.execute("SELECT pg_advisory_unlock_all()")
    for held in (cut, hanging):
        trial.until(lambda held=held: not _alive(holder, held), FREED)
        freed.setdefault(held.host, round(time.monotonic() - struck, 1))
    assert _alive(holder, control)
    return freed


def _come_back(trial: Trial) -> None:
    """Every host works again: what it had in hand must change nothing."""
    trial.machines.hosts["cut"].mend()
    trial.machines.hosts["control"].mend()
    os.killpg(trial.machines.workers["hanging"].pid, signal.SIGCONT)
    trial.until(lambda: len(app.control.ping(timeout=2) or []) == 4)


def _made_by_all(trial: Trial) -> int:
    """The month once more, by all four; what differs from the control."""
    dispatch.ring(round_id=trial.open())
    trial.sweep_until(lambda: not trial.is_making())
    return sum(trial.compare())


@contextmanager
def _lines_wait(server: Postgres) -> Iterator[psycopg.Connection]:
    """Whoever writes a line waits, until the connection gives its lock free."""
    with server.connect() as holder:
        holder.execute(
            f"""CREATE FUNCTION trial_wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                PERFORM pg_advisory_xact_lock_shared({LOCK}); RETURN NEW;
            END $$;
            CREATE TRIGGER trial_wait BEFORE INSERT ON payments_line FOR EACH ROW EXECUTE FUNCTION trial_wait()"""
        )
        holder.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield holder


def _waiting(holder: psycopg.Connection) -> set[int]:
    found = holder.execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    return {pid for (pid,) in found}


def _alive(holder: psycopg.Connection, held: Held) -> bool:
    return bool(holder.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [held.pid]).rowcount)


def _done() -> int:
    return Slice.objects.filter(state=SliceState.DONE).count()


def _messages() -> int:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        return int(client.llen("celery"))
