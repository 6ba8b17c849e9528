"""A real worker is killed with -9 while it makes a list: nothing is lost, nothing is double, the sweep goes on.

The tests stop the worker at a known place, with a lock that the very statement needs, and look in the database for
it waiting there: no sleeping, no luck. Its connection's server process outlives it for a while, as in life, and
still holds the slice.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection

from audit.actor import acting
from audit.models import Entry
from beneficiaries.models import Person, Reckon
from config import services
from config.celery import app
from desk.queries.ledger import check_ledger
from payments import dispatch
from payments.models import Batch, Line, Payment, Reckoned, Round, RoundState, Slice
from payments.operations import generation
from tests import worlds
from tests.faults.processes import kill_group, spawn_worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NOVEMBER, DECEMBER = date(2024, 11, 1), date(2024, 12, 1)
SLICE, SLICES = 8, 5
PEOPLE = SLICE * SLICES
OWED = 1_000_000  # 500,000 đồng × 1.0 for a person of 80 (BTXH_5.5c), November's arrears and December
TEST_LOCK = 20241201


class Worker:
    """A `celery worker` process on the test's database and broker, with the rights of the site, not the owner's."""

    def __init__(self, log: Path, *imports: str) -> None:
        self.log = log
        environment = {name: value for name, value in os.environ.items() if name != "ANSINH_DB_ROLE"}
        address = urlsplit(services.urls(os.environ).database_url)
        # The server would notice a dead client by itself in some seconds: these tests say when.
        unnoticed = quote("-c client_connection_check_interval=0")
        environment |= {
            "DATABASE_URL": address._replace(
                path=f"/{connection.settings_dict['NAME']}",
                query=f"{address.query}&options={unnoticed}".lstrip("&"),
            ).geturl(),
            "REDIS_URL": settings.REDIS_URL,
            "ANSINH_SLICE_PEOPLE": str(SLICE),
        }
        included = [word for module in imports for word in ("-I", module)]
        self.process = spawn_worker(log=log, environment=environment, arguments=included)

    def kill(self) -> None:
        """SIGKILL to the worker and its pool at once, as the kernel does when memory runs out or a host goes."""
        kill_group(self.process)

    def kill_pool(self) -> None:
        """SIGKILL to the process that does the work; the one that started it lives on."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)


@pytest.fixture
def start(transactional_db, tmp_path) -> Iterator[Callable[..., Worker]]:
    """Starts workers; none, and none of their messages or connections, outlives the test."""
    workers: list[Worker] = []

    def starter(*imports: str) -> Worker:
        workers.append(Worker(tmp_path / f"worker-{len(workers)}.log", *imports))
        return workers[-1]

    forget_messages()
    yield starter
    for worker in workers:
        worker.kill()
    forget_messages()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = 'ansinh_app'"
        )


@pytest.fixture(autouse=True)
def roll(transactional_db, settings):
    """Forty people of 84, each owed November's arrears, which are queued, and December."""
    settings.SLICE_PEOPLE = SLICE
    worlds.load_reference()
    for number in range(PEOPLE):
        worlds.grant(worlds.person(f"Nguyễn Thị Số {number}"), "BTXH_5.5c", since=NOVEMBER)


def forget_messages() -> None:
    """Empty the broker: no message is needed to go on."""
    redis.from_url(settings.REDIS_URL).delete("celery", "unacked", "unacked_index")


def wait_for(what: Callable[[], object], worker: Worker, seconds: float = 60.0) -> object:
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"nothing came; the worker says: {worker.log.read_text()[-4000:]}"
        time.sleep(0.02)
    return found


def scalar(statement: str, *values: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return row[0] if row else None


def waiting_worker() -> object:
    """The server process of a worker that waits for a lock, if there is one."""
    return scalar(
        "SELECT pid FROM pg_stat_activity "
        "WHERE datname = current_database() AND usename = 'ansinh_app' AND wait_event_type = 'Lock'"
    )


def written_by(pid: object) -> set[str]:
    """The payments' tables to which an open transaction has written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relation::regclass::text FROM pg_locks WHERE pid = %s AND mode = 'RowExclusiveLock' "
            "AND relation IN ('payments_payment'::regclass, 'payments_line'::regclass, 'payments_slice'::regclass)",
            [pid],
        )
        return {row[0] for row in cursor.fetchall()}


@contextmanager
def held(statement: str, *values: object) -> Iterator[psycopg.Connection]:
    """A connection of the test's own that holds the lock taken by `statement` until it is closed."""
    connected = connection.settings_dict
    with psycopg.connect(
        host=connected["HOST"],
        port=connected["PORT"] or None,
        user=connected["USER"],
        password=connected["PASSWORD"] or None,
        dbname=connected["NAME"],
    ) as holder:
        holder.execute(statement, values)
        yield holder


@contextmanager
def stopped_between_lines_of(person: Person) -> Iterator[psycopg.Connection]:
    """Whoever writes the person's first line waits there for the test, with the lines before it written."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""CREATE FUNCTION tests_wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.payment_id % 10000000000 = {person.pk} THEN
                    PERFORM pg_advisory_xact_lock_shared({TEST_LOCK});
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER tests_wait BEFORE INSERT ON payments_line FOR EACH ROW EXECUTE FUNCTION tests_wait()"""
        )
    try:
        with held("SELECT pg_advisory_xact_lock(%s)", TEST_LOCK) as holder:
            yield holder
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND usename = 'ansinh_app'"
            )
            cursor.execute("DROP FUNCTION tests_wait CASCADE")


def open_round() -> Round:
    cycle = generation.open_cycle(month=DECEMBER)
    return generation.open_round(cycle=cycle, routed_on=DECEMBER, at=worlds.NOON)


def middle_person() -> Person:
    """The fifth of the eight people in the third of the five slices."""
    return Person.objects.order_by("pk")[2 * SLICE + 4]


def sweep(worker: Worker, *, until: Callable[[], bool]) -> None:
    app.send_task("payments.tasks.sweep")
    wait_for(until, worker)


def slices_done() -> int:
    return Slice.objects.filter(state="done").count()


def round_is_made() -> bool:
    return Round.objects.get().state == RoundState.DONE


def everybody_is_paid_once() -> None:
    assert Payment.objects.count() == PEOPLE
    assert set(Payment.objects.values_list("amount", flat=True)) == {OWED}
    assert Line.objects.filter(for_month=NOVEMBER).count() == PEOPLE
    assert Line.objects.filter(for_month=DECEMBER).count() == PEOPLE
    assert sum(Batch.objects.values_list("count", flat=True)) == PEOPLE
    assert sum(Batch.objects.values_list("amount", flat=True)) == PEOPLE * OWED
    assert not Reckon.objects.exists()
    assert Reckoned.objects.count() == PEOPLE
    assert [invariant.id for invariant in check_ledger() if invariant.broken] == []


def test_a_worker_killed_inside_a_slice_and_restarted_loses_nothing_and_doubles_nothing(start):
    made = open_round()
    with stopped_between_lines_of(middle_person()) as holder:
        first = start()
        assert dispatch.ring(round_id=made.pk)
        orphan = wait_for(waiting_worker, first)
        assert written_by(orphan) >= {"payments_payment", "payments_line"}
        assert slices_done() == 2
        first.kill()
        forget_messages()
        assert Payment.objects.count() == 2 * SLICE  # half a slice is nobody's to see
        assert Reckon.objects.count() == 3 * SLICE

        second = start()
        # The dead worker's server process still holds its slice: the sweep goes round it.
        sweep(second, until=lambda: slices_done() == SLICES - 1)
        assert not round_is_made()
        holder.rollback()
        wait_for(lambda: scalar("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", orphan) == 0, second)
        sweep(second, until=round_is_made)
    everybody_is_paid_once()


def test_a_pool_process_killed_inside_a_slice_is_replaced_and_the_slice_made_again(start):
    made = open_round()
    with stopped_between_lines_of(middle_person()) as holder:
        worker = start()
        assert dispatch.ring(round_id=made.pk)
        orphan = wait_for(waiting_worker, worker)
        worker.kill_pool()
        wait_for(lambda: slices_done() == SLICES - 1, worker)
        holder.rollback()
        wait_for(lambda: scalar("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", orphan) == 0, worker)
        sweep(worker, until=round_is_made)
    everybody_is_paid_once()


def test_a_worker_killed_after_the_last_slice_leaves_a_round_that_one_sweep_finishes(start):
    made = open_round()
    with held("SELECT FROM payments_round WHERE id = %s FOR NO KEY UPDATE", made.pk) as holder:
        first = start()
        assert dispatch.ring(round_id=made.pk)
        wait_for(lambda: slices_done() == SLICES and waiting_worker(), first)
        first.kill()
        forget_messages()
        holder.rollback()
    assert Payment.objects.count() == PEOPLE
    second = start()
    sweep(second, until=round_is_made)
    everybody_is_paid_once()


def test_the_server_itself_notices_a_dead_worker_and_gives_its_slice_free():
    assert scalar("SHOW client_connection_check_interval") == "5s"


def test_what_a_worker_writes_names_the_task_and_the_officer_who_asked_for_it(start):
    made = open_round()
    worker = start()
    with acting(officer=4711, source="request 9"):
        assert dispatch.ring(round_id=made.pk)
    wait_for(round_is_made, worker)
    # The opening was the test's own.
    totals = Entry.objects.filter(table_name="payments_batch", kind="update")
    assert set(totals.values_list("officer_id", "source")) == {(4711, "task payments.tasks.make_slice")}


def test_control_a_worker_that_claims_its_slice_before_making_it_loses_the_slice(start):
    made = open_round()
    with stopped_between_lines_of(middle_person()) as holder:
        first = start("tests.faults.claims_first")
        assert dispatch.ring(round_id=made.pk)
        orphan = wait_for(waiting_worker, first)
        first.kill()
        forget_messages()
        holder.rollback()
        wait_for(lambda: scalar("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", orphan) == 0, first)
        second = start("tests.faults.claims_first")
        sweep(second, until=round_is_made)
    assert Payment.objects.count() == PEOPLE - SLICE
    assert Reckon.objects.count() == SLICE
