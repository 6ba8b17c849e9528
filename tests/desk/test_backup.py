"""A backup restores to the same ledger, row for row, or says why not; no key is ever in it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from beneficiaries.models import Person
from common.cccd import make_cccd
from desk.operations.backups import DUMP, MANIFEST, BackupFailed, make_backup, restore_backup, working_on
from payments.models import Batch, Payment
from payments.operations import batches
from tests import worlds

pytestmark = pytest.mark.django_db(transaction=True)
DECEMBER = worlds.NOON.date()


@pytest.fixture
def backup(transactional_db, tmp_path, settings) -> Path:
    """Two people paid in December, one list submitted, one file kept."""
    settings.MEDIA_ROOT = tmp_path / "kept"
    (settings.MEDIA_ROOT / "2024").mkdir(parents=True)
    (settings.MEDIA_ROOT / "2024" / "scan.pdf").write_bytes(b"%PDF-1.7")
    worlds.load_reference()
    for number in (1, 2):
        card = make_cccd("060", "female", 1940, number)
        who = worlds.person(f"Nguyễn Thị Số {number}", national_id=card, national_id_index=card)
        worlds.grant(who, "BTXH_5.5c", since=DECEMBER)
    worlds.run_round(DECEMBER)
    batches.submit(batch_id=Batch.objects.get().pk, by=worlds.officer("huyen"), at=worlds.NOON)
    folder = tmp_path / "backup"
    make_backup(folder=folder, at=worlds.NOON)
    return folder


@pytest.fixture
def other() -> Iterator[str]:
    """The name of a database that does not exist yet, dropped at the end."""
    name = f"{connection.settings_dict['NAME']}_restored"
    drop = f'DROP DATABASE IF EXISTS "{name}"'
    with connection.cursor() as cursor:
        cursor.execute(drop)
    yield name
    with connection.cursor() as cursor:
        cursor.execute(drop)


def test_the_restored_ledger_is_the_original_and_it_is_whole(backup, other, capsys):
    call_command("restore", str(backup), "--into", other, "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["equal"], said["broken"]) == (True, [])
    with working_on(other):
        assert Payment.objects.count() == 2
        assert Batch.objects.get().state == "submitted"
        restored = Person.objects.get(name="Nguyễn Thị Số 1")
        assert restored.national_id == make_cccd("060", "female", 1940, 1)
        with pytest.raises(Exception, match="append-only"):
            connection.cursor().execute("DELETE FROM payments_event")


def test_the_files_come_back_too(backup, other, tmp_path):
    restore_backup(folder=backup, database=other, files=tmp_path / "back")
    assert (tmp_path / "back" / "2024" / "scan.pdf").read_bytes() == b"%PDF-1.7"


def test_no_key_is_in_a_backup(backup, settings):
    content = b"".join(path.read_bytes() for path in backup.iterdir())
    for key in (settings.BLIND_INDEX_KEY, *settings.FIELD_KEYS.values()):
        for written in (key, key.hex().encode(), base64.b64encode(key)):
            assert written not in content


def test_a_backup_whose_key_is_lost_is_refused_before_anything_is_restored(backup, other, settings):
    settings.FIELD_KEYS = {"k9": bytes(32)}
    with pytest.raises(BackupFailed, match="FIELD_KEYS lacks"):
        restore_backup(folder=backup, database=other, files=None)


def test_a_damaged_backup_is_refused(backup, other):
    dump = backup / DUMP
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)
    with pytest.raises(BackupFailed, match="damaged"):
        restore_backup(folder=backup, database=other, files=None)


def test_control_a_row_that_differs_from_the_original_is_named_by_its_table(backup, other):
    manifest = json.loads((backup / MANIFEST).read_text())
    manifest["tables"]["payments_payment"][1] = "1"
    (backup / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(BackupFailed, match="not the original: payments_payment"):
        restore_backup(folder=backup, database=other, files=None)


def test_nothing_is_restored_over_a_database_that_has_tables_or_written_over_a_backup(backup):
    with pytest.raises(CommandError, match="has tables"):
        call_command("restore", str(backup), "--into", connection.settings_dict["NAME"])
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(backup))
