"""Figures and lists from a real streaming replica: never older than one's own write, never missing when it is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import InternalError, connection, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, RoleName
from config import replica as routing
from config.database import database_settings, replica_settings
from tests.desk import every_page
from tests.desk_world import World
from tests.faults.processes import PROJECT
from tests.servers import Postgres

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Postgres, Postgres]]:
    """A primary with the project's tables, and its streaming replica."""
    primary, replica = Postgres(), Postgres()
    try:
        primary.make()
        owner = {"DATABASE_URL": primary.url("ansinh_owner"), "ANSINH_DB_ROLE": "owner"}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=PROJECT, env=os.environ | owner, check=True, timeout=600)
        replica.copy_of(primary)
        yield primary, replica
    finally:
        replica.stop()
        primary.stop()


@pytest.fixture(scope="module")
def world(servers, django_db_blocker) -> Iterator[World]:
    """Everything of this process goes to that primary; what the pages show is made there once."""
    primary, replica = servers
    usual = connections["default"]
    with django_db_blocker.unblock():
        connections["default"] = DatabaseWrapper(
            _settings(database_settings(primary.url("ansinh_owner"), persistent_seconds=60)), "default"
        )
        connections.settings["replica"] = _settings(
            replica_settings(replica.url("ansinh_app"), persistent_seconds=60)
        )
        ContentType.objects.clear_cache()
        try:
            yield every_page.build()
        finally:
            connections["default"].close()
            connections["replica"].close()
            del connections["replica"], connections.settings["replica"]
            connections["default"] = usual
            ContentType.objects.clear_cache()


def _settings(found: dict[str, object]) -> dict[str, object]:
    return connections.configure_settings({"default": found})["default"]


@pytest.fixture(autouse=True)
def caught_up(servers, world, settings, monkeypatch) -> None:
    """The replica replays again and has replayed everything; it is trusted for as long as the test takes."""
    settings.REPLICA_SECONDS = 3_600
    monkeypatch.setattr(routing, "_rests_until", 0.0)
    catch_up(servers)


def catch_up(servers: tuple[Postgres, Postgres]) -> None:
    primary, replica = servers
    with primary.connect() as writer, replica.connect() as reader:
        reader.execute("SELECT pg_wal_replay_resume()")
        writer.execute("CREATE TABLE IF NOT EXISTS tick (at timestamptz)")
        writer.execute("INSERT INTO tick VALUES (clock_timestamp())")
        (position,) = writer.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone() or ("",)
        reader.execute("SET statement_timeout = '90s'")
        waited = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn, pg_sleep(0.02)"
        while not (reader.execute(waited, [position]).fetchone() or [False])[0]:
            writer.execute("INSERT INTO tick VALUES (clock_timestamp())")


def stand_still(servers: tuple[Postgres, Postgres]) -> None:
    """From now on the replica receives, but shows nothing new."""
    with servers[1].connect() as reader:
        reader.execute("SELECT pg_wal_replay_pause()")
        while reader.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() != ("paused",):
            pass


def answered_by_replica(client: Client, address: str) -> tuple[bool, str]:
    """Whether the replica made the page (one question alone is that whether it may), and the page."""
    with CaptureQueriesContext(connections["replica"]) as asked:
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    content = b"" if answer.streaming else answer.content
    return len(asked) > 1, content.decode(errors="replace")


def allot(client: Client, number: str) -> None:
    """The accountant records a decision of the budget."""
    answer = client.post(
        f"{reverse('budget')}?year=2024",
        {
            "unit": paying_unit(),
            "scheme": "BTXH",
            "kind": "1",
            "amount": "1000000",
            "decision_number": number,
            "decision_date": "15/01/2024",
        },
    )
    assert answer.status_code == 302, answer.content.decode()


def paying_unit() -> int:
    return Role.objects.get(user__username=RoleName.ACCOUNTANT).unit_id


BUDGET = "/budget/?year=2024"


@pytest.mark.parametrize("name", sorted(routing.PAGES))
def test_the_replica_makes_every_page_named_for_it(world, name):
    arguments = {"report": ["merit"], "report_excel": ["merit"], "report_pdf": ["merit"]}.get(name, [])
    client = world.client("second")
    assert answered_by_replica(client, reverse(name, args=arguments))[0] is True


def test_a_reader_never_misses_what_she_has_just_written_although_the_replica_does(world, servers):
    accountant = world.client(RoleName.ACCOUNTANT)
    stand_still(servers)
    allot(accountant, "17/QĐ-OWN")
    by_replica, page = answered_by_replica(accountant, BUDGET)
    assert (by_replica, "17/QĐ-OWN" in page) == (False, True)

    # The control: without the position of her write the stale page shows.
    del accountant.cookies["written"]
    by_replica, page = answered_by_replica(accountant, BUDGET)
    assert (by_replica, "17/QĐ-OWN" in page) == (True, False)


def test_the_replica_serves_the_writer_again_as_soon_as_it_has_replayed_her_write(world, servers):
    accountant = world.client(RoleName.ACCOUNTANT)
    allot(accountant, "18/QĐ-AGAIN")
    catch_up(servers)
    by_replica, page = answered_by_replica(accountant, BUDGET)
    assert (by_replica, "18/QĐ-AGAIN" in page) == (True, True)


def test_a_replica_that_lags_more_than_allowed_serves_nobody(world, servers, settings):
    stand_still(servers)
    allot(world.client(RoleName.ACCOUNTANT), "19/QĐ-LAG")
    somebody = world.client(RoleName.ACCOUNTANT)
    assert answered_by_replica(somebody, BUDGET)[0] is True
    settings.REPLICA_SECONDS = 0
    by_replica, page = answered_by_replica(somebody, BUDGET)
    assert (by_replica, "19/QĐ-LAG" in page) == (False, True)


def test_a_forged_position_is_no_position(world, servers):
    client = world.client(RoleName.ACCOUNTANT)
    client.cookies["written"] = "FFFF/0"
    assert answered_by_replica(client, BUDGET)[0] is True


def test_what_an_officer_may_see_is_the_primarys_to_say(world, servers):
    officer = world.officers[RoleName.POST_CLERK]
    role = Role.objects.create(
        user=officer, name=RoleName.ACCOUNTANT, unit_id=paying_unit(), valid_from=date(2024, 1, 1)
    )
    catch_up(servers)
    client = world.client(RoleName.POST_CLERK)
    assert client.get(reverse("overpaid")).status_code == 200
    stand_still(servers)
    role.delete()
    assert client.get(reverse("overpaid")).status_code == 403


def test_without_the_replica_the_primary_makes_the_page_and_the_next_does_not_wait_for_it(
    world, servers, monkeypatch
):
    client = world.client("second")
    connect, tries = DatabaseWrapper.connect, []

    def counted(self: DatabaseWrapper) -> None:
        tries.append(self.alias)
        connect(self)

    assert answered_by_replica(client, BUDGET)[0] is True
    servers[1].kill()
    try:
        monkeypatch.setattr(DatabaseWrapper, "connect", counted)
        monkeypatch.setattr(routing, "_REST_SECONDS", 3_600.0)
        for _page in range(3):
            assert client.get(BUDGET).status_code == 200
        assert len(tries) <= 1
    finally:
        servers[1].start()
    routing._rests_until = 0.0
    catch_up(servers)
    assert answered_by_replica(client, BUDGET)[0] is True


def test_a_replica_lost_in_the_middle_of_a_page_leaves_it_to_the_primary(world, servers, monkeypatch):
    lost: list[str] = []
    monkeypatch.setattr("payments.views.budget.budget_lines", _losing(servers[1], lost))
    answer = world.client("second").get(BUDGET)
    assert answer.status_code == 200
    assert lost == ["replica", "primary"]


def _losing(replica: Postgres, lost: list[str]) -> Callable[..., list[object]]:
    """Stands in for a query of the page: the server's process for it is gone when it asks."""

    def query(**_scope: object) -> list[object]:
        on_replica = connection.settings_dict["HOST"] == str(replica.state.sockets)
        lost.append("replica" if on_replica else "primary")
        if on_replica:
            with replica.connect() as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'ansinh_app'"
                )
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return []

    return query


def test_nothing_can_be_written_or_locked_where_a_page_reads_from_the_replica(world):
    with routing.reading(), pytest.raises(InternalError, match="read-only"):
        Role.objects.update(valid_to=timezone.localdate())
    with routing.reading(), pytest.raises(InternalError, match="read-only"), transaction.atomic():
        list(Role.objects.select_for_update())
    assert connection.settings_dict["USER"] == "ansinh_owner"


def test_a_transaction_stays_on_the_primary(world):
    assert routing.usable(written="0/0") is True
    with transaction.atomic():
        assert routing.usable(written="0/0") is False
