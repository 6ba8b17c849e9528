"""One row altered, removed or inserted among 100,000 is found and named; so is a chain made anew."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from audit.history import CHAINED
from audit.models import Entry, Seal
from audit.operations.sealing import BLOCK, seal
from audit.queries.verifying import Finding, verify
from payments.models import Batch
from payments.operations import batches
from tests import worlds

pytestmark = pytest.mark.django_db
ROWS = 100_000


def many_entries(count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO audit_entry (at, kind, table_name, row_key, person_id, old, new, officer_id, source)
            SELECT %s::timestamptz + n * interval '1 second', 'update', 'beneficiaries_person', n::text, n,
                jsonb_build_object('phone', n), jsonb_build_object('phone', n + 1), n %% 7, 'request ' || n
            FROM generate_series(1, %s) AS n""",
            [worlds.NOON, count],
        )


@contextmanager
def as_intruder() -> Iterator[Any]:
    """The tables' owner with the triggers of history switched off; all of it is undone at the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in (*CHAINED, "audit_seal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        yield cursor
        for table in (*CHAINED, "audit_seal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
        transaction.set_rollback(True)


def findings() -> list[Finding]:
    return [finding for finding in verify().findings if finding.kind != "trigger"]


def test_one_row_altered_removed_or_inserted_among_a_hundred_thousand_is_named(request):
    draw = random.Random(request.config.getoption("--seed"))
    many_entries(ROWS)
    assert seal(at=worlds.NOON) >= ROWS
    assert verify().findings == []  # the control: nothing done, nothing found
    ids = list(Entry.objects.values_list("id", flat=True))
    gap = draw.choice(ids[1:-1])
    changes = {
        "altered": "UPDATE audit_entry SET new = jsonb_set(new, '{phone}', '1') WHERE id = %s",
        "removed": "DELETE FROM audit_entry WHERE id = %s",
    }
    for kind, change in changes.items():
        for row in (draw.choice(ids), ids[0], ids[-1]):
            with as_intruder() as cursor:
                cursor.execute(change, [row])
                assert [(one.kind, one.row) for one in findings()] == [(kind, row)]
    with as_intruder() as cursor:  # a number whose transaction was rolled back is free for an intruder's row
        cursor.execute("DELETE FROM audit_seal")
        cursor.execute("DELETE FROM audit_entry WHERE id = %s", [gap])
        seal(at=worlds.NOON)
        assert findings() == []
        cursor.execute(
            "INSERT INTO audit_entry (id, at, kind, table_name, row_key, source) OVERRIDING SYSTEM VALUE "
            "VALUES (%s, %s, 'look', 'beneficiaries_person', '1', '')",
            [gap, worlds.NOON],
        )
        assert [(one.kind, one.row) for one in findings()] == [("inserted", gap)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_seal SET count = count + 1 WHERE number = 2",
        "UPDATE audit_seal SET digest = sha256('x') WHERE number = 2",
        "DELETE FROM audit_seal WHERE number = 2",
    ],
)
def test_a_seal_altered_or_removed_breaks_the_chain(change):
    many_entries(3 * BLOCK)
    seal(at=worlds.NOON)
    assert findings() == []
    with as_intruder() as cursor:
        cursor.execute(change)
        assert "chain" in {one.kind for one in findings()}


def test_a_chain_made_anew_fits_itself_and_not_its_export(tmp_path):
    many_entries(3 * BLOCK)
    export = tmp_path / "chain.jsonl"
    call_command("export_audit", str(export), stdout=(tmp_path / "out").open("w"))
    exported = [json.loads(line) for line in Path(export).read_text().splitlines()]
    assert verify(exported=exported).findings == []
    with as_intruder() as cursor:
        cursor.execute("DELETE FROM audit_entry WHERE id = (SELECT min(id) FROM audit_entry)")
        cursor.execute("DELETE FROM audit_seal")
        seal(at=worlds.NOON)
        assert findings() == []
        against = [one.kind for one in verify(exported=exported).findings if one.kind != "trigger"]
        assert against == ["chain"] * 3


def test_events_and_adjustments_are_links_of_the_same_chain():
    worlds.load_reference()
    worlds.grant(worlds.person(), "BTXH_5.5c", since=worlds.NOON.date())
    worlds.run_round(worlds.NOON.date())
    batches.submit(batch_id=Batch.objects.get().pk, by=worlds.officer("huyen"), at=worlds.NOON)
    seal(at=worlds.NOON)
    with as_intruder() as cursor:
        cursor.execute("UPDATE payments_event SET reason = 'khác'")
        assert [(one.kind, one.table) for one in findings()] == [("altered", "payments_event")]


def test_what_came_after_the_last_seal_is_counted_and_the_next_seal_goes_on_from_there():
    many_entries(10)
    seal(at=worlds.NOON)
    many_entries(5)
    assert verify().unsealed == 5
    assert seal(at=worlds.NOON) == 5
    assert seal(at=worlds.NOON) == 0
    first, second = Seal.objects.filter(table_name="audit_entry").order_by("number")
    assert second.after == first.upto
    assert verify().unsealed == 0


def test_a_trigger_switched_off_is_found_too():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE beneficiaries_payee DISABLE TRIGGER audit_update")
    assert verify().findings == [Finding("trigger", "beneficiaries_payee.audit_update")]


def test_the_command_ends_with_1_where_something_is_found(capsys):
    many_entries(5)
    seal(at=worlds.NOON)
    call_command("verify_audit", "--json")
    assert json.loads(capsys.readouterr().out)["ok"] is True
    with as_intruder() as cursor:
        cursor.execute("DELETE FROM audit_entry")
        with pytest.raises(SystemExit) as ended:
            call_command("verify_audit", "--json")
        assert ended.value.code == 1
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is False
    assert [one["kind"] for one in found["findings"]].count("removed") == 5


def test_the_site_s_role_seals_and_verifies_though_it_may_change_nothing(request):
    many_entries(7)
    request.getfixturevalue("as_application")
    assert seal(at=worlds.NOON) == 7
    assert verify().rows == 7
