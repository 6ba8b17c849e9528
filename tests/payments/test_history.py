"""History cannot be changed: the site's own role has no right to, and the owner is refused by triggers."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from audit.history import APPEND_ONLY, refuse_changes_by_the_application
from config import services
from payments.models import Adjustment, Batch, Event, Line
from payments.operations import batches
from payments.queries.ledger import check_ledger
from tests import worlds
from tests.beneficiaries.change_world import saved

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="no second role on another's server"),
]
DECEMBER = date(2024, 12, 1)
CHANGES = ("UPDATE {table} SET {moment} = {moment}", "DELETE FROM {table}", "TRUNCATE {table}")


def execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def to(table: str, change: str) -> str:
    return change.format(table=table, moment="received_at" if table == "postal_mark" else "at")


@pytest.fixture
def history(db):
    """A batch submitted, an overpayment waived, and both in the audit."""
    worlds.load_reference()
    worlds.grant(worlds.person(), "BTXH_5.5c", since=DECEMBER)
    worlds.run_round(DECEMBER)
    batches.submit(batch_id=Batch.objects.get().pk, by=worlds.officer("huyen"), at=worlds.NOON)
    line = Line.objects.get()
    Adjustment.objects.create(
        entitlement=line.entitlement, for_month=DECEMBER, amount=1000, kind="waived", at=worlds.NOON
    )
    saved("payee", line.entitlement.person, {}, by=worlds.officer("xa"))
    assert len(rows("payments_event")) == len(rows("payments_adjustment")) == 1
    assert rows("audit_entry")


def rows(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        return cursor.fetchall()


def history_is_broken() -> int:
    """How many tables of history could be changed, says the ledger's check."""
    return next(invariant.broken for invariant in check_ledger() if invariant.id == "I3")


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", CHANGES)
def test_the_site_s_role_has_no_right_to_change_history(history, as_application, table, change):
    before = rows(table)
    with pytest.raises(ProgrammingError, match=f"permission denied for table {table}"):
        execute(to(table, change))
    assert rows(table) == before


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", CHANGES[:2])
def test_the_owner_who_has_the_right_is_refused_by_a_trigger(history, table, change):
    with pytest.raises(IntegrityError, match="append-only"):
        execute(to(table, change))


def test_the_site_s_role_cannot_take_the_trigger_away_or_the_right_back(history, as_application):
    for attempt in (
        "ALTER TABLE payments_event DISABLE TRIGGER append_only",
        "DROP TRIGGER append_only ON payments_event",
        "DROP TABLE payments_adjustment",
        "SET LOCAL session_replication_role = replica",
    ):
        with pytest.raises(ProgrammingError, match=r"must be owner|permission denied"):
            execute(attempt)
    execute("GRANT UPDATE ON payments_event TO ansinh_app")  # PostgreSQL warns, and grants nothing
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute(to("payments_event", CHANGES[0]))


def test_the_site_s_role_still_does_its_work(history, as_application):
    approver = worlds.officer("duyet")
    batches.approve(batch_id=Batch.objects.get().pk, by=approver, at=worlds.NOON)
    assert Event.objects.count() == 2
    assert history_is_broken() == 0


def test_the_ledger_s_check_names_a_right_given_back_or_a_trigger_switched_off(history):
    with connection.cursor() as cursor:
        cursor.execute("GRANT DELETE ON payments_adjustment TO ansinh_app")
        cursor.execute("SET ROLE ansinh_app")
        assert history_is_broken() == 1
        cursor.execute("RESET ROLE")
        refuse_changes_by_the_application(using="default")
        cursor.execute("SET ROLE ansinh_app")
        assert history_is_broken() == 0
        cursor.execute("RESET ROLE")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE payments_event DISABLE TRIGGER append_only")
        assert history_is_broken() == 1


def test_a_role_of_another_name_loses_the_right_too(history, settings):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")
        # So the role is one that exists: pg_monitor's holder, none of ours.
        assert cursor.fetchone() == (False,)
        cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON payments_event TO pg_monitor")
        settings.DATABASE_APPLICATION_ROLE = "pg_monitor"
        refuse_changes_by_the_application(using="default")
        cursor.execute(
            "SELECT has_table_privilege('pg_monitor', 'payments_event', 'INSERT'), "
            "has_table_privilege('pg_monitor', 'payments_event', 'UPDATE, DELETE, TRUNCATE')"
        )
        assert cursor.fetchone() == (True, False)


def test_one_address_for_both_roles_takes_nothing_from_the_owner(history, settings):
    settings.DATABASE_APPLICATION_ROLE = connection.settings_dict["USER"]
    refuse_changes_by_the_application(using="default")
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('payments_event', 'TRUNCATE')")
        assert cursor.fetchone() == (True,)


def test_the_application_s_role_is_read_from_its_address_while_the_owner_migrates():
    code = (
        "from django.conf import settings as s; "
        "print(s.DATABASE_APPLICATION_ROLE, s.DATABASES['default']['USER'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).resolve().parents[2],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": "postgresql://chi_tra@db/x",
            "DATABASE_OWNER_URL": "postgresql://chu@db/x",
            "REDIS_URL": services.urls(os.environ).redis_url,
            "ANSINH_DB_ROLE": "owner",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["chi_tra", "chu"]
