"""A database of the first release, filled, migrates to today's tables with every row, and goes on paying."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from desk.operations.backups import working_on
from desk.queries.ledger import check_ledger
from payments.models import Batch, Line, Payment
from payments.operations import batches
from tests import worlds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

FIRST = [("payments", "0002_append_only_and_closed")]  # with all that it depends on, and nothing newer
DECEMBER, JANUARY = date(2024, 12, 1), date(2025, 1, 1)
# Written by migrations themselves, or by nobody.
NOT_COPIED = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture
def old() -> Iterator[str]:
    name = f"{connection.settings_dict['NAME']}_old"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def connected(database: str) -> psycopg.Connection:
    where = connection.settings_dict
    return psycopg.connect(
        host=where["HOST"], port=where["PORT"] or None, user=where["USER"], password=where["PASSWORD"] or None,
        dbname=database,
    )  # fmt: skip


def columns(session: psycopg.Connection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, column in session.execute(
        "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables "
        "USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE' "
        "ORDER BY table_name, ordinal_position"
    ).fetchall():
        if table not in NOT_COPIED:
            found.setdefault(table, []).append(column)
    return found


def rows(session: psycopg.Connection, table: str, named: list[str]) -> list[tuple[object, ...]]:
    listed = ", ".join(f'"{column}"' for column in named)
    return sorted(session.execute(f"SELECT {listed} FROM {table}").fetchall(), key=repr)


def copy_what_fits(source: str, target: str) -> dict[str, list[str]]:
    """Every row of every table that both have, in the columns that both have; foreign keys are checked at the end."""
    with connected(source) as giver, connected(target) as taker:
        has = columns(giver)
        common = {t: [c for c in cs if c in has[t]] for t, cs in columns(taker).items() if t in has}
        for table, named in common.items():
            listed = ", ".join(f'"{column}"' for column in named)
            with (
                giver.cursor().copy(f"COPY (SELECT {listed} FROM {table}) TO STDOUT") as out,
                taker.cursor().copy(f"COPY {table} ({listed}) FROM STDIN") as into,
            ):
                for block in out:
                    into.write(block)
            if sequence := taker.execute(
                "SELECT pg_get_serial_sequence(%s, %s)", [table, named[0]]
            ).fetchone()[0]:
                taker.execute(f"SELECT setval('{sequence}', max({named[0]}) + 1, false) FROM {table}")
    return common


def test_a_filled_database_of_the_first_release_keeps_every_row_and_goes_on(old):
    worlds.load_reference()
    for number in range(6):
        worlds.grant(worlds.person(f"Nguyễn Thị Số {number}"), "BTXH_5.5c", since=DECEMBER)
    worlds.run_round(DECEMBER)
    batches.submit(batch_id=Batch.objects.get().pk, by=worlds.officer("huyen"), at=worlds.NOON)
    new = connection.settings_dict["NAME"]
    with working_on(old):
        for app, name in FIRST:
            call_command("migrate", app, name, verbosity=0)
    common = copy_what_fits(new, old)
    assert {"payments_payment", "payments_line", "payments_event", "beneficiaries_person"} <= common.keys()
    with connected(old) as session:
        before = {table: rows(session, table, named) for table, named in common.items()}
        assert "audit_entry" not in columns(session)
    with working_on(old):
        call_command("migrate", verbosity=0)
        with connected(old) as session:
            for table, named in common.items():
                kept = set(map(repr, rows(session, table, named)))
                lost = [row for row in before[table] if repr(row) not in kept]
                assert lost == [], table
        assert (Payment.objects.count(), Line.objects.count()) == (6, 6)
        assert not any(invariant.broken for invariant in check_ledger())
        worlds.run_round(JANUARY)
        assert Payment.objects.count() == 12
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM audit_entry WHERE table_name = 'payments_round'")
            assert cursor.fetchone()[0] >= 1  # what is done from now on is audited
