"""A checked roll is applied from the rows that were read for the check, unless anything could make them others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from areas.models import Unit
from beneficiaries.models import Person
from beneficiaries.operations import kept_rows
from beneficiaries.roll import table
from benefits.models import Rate
from desk.models import UploadState
from desk.operations import rolls
from tests import worlds
from tests.beneficiaries.roll_files import lines, workbook
from tests.desk.test_import_desk import _files, apply, counts, row, upload

__all__ = ["_files"]  # the fixture that puts the files of each test in a folder of its own
pytestmark = pytest.mark.django_db


@pytest.fixture
def unreadable(monkeypatch) -> Any:
    """From its call on no file can be read as a roll any more."""
    return lambda: monkeypatch.setattr(table, "_READER", Path("/nowhere/at/all.py"))


def test_a_checked_roll_is_applied_without_reading_its_file_again(world, tmp_path, unreadable):
    made = upload(world, tmp_path, [
        row(1, form="Tài khoản", bank="Agribank", account="1112223334", notes="ở một mình"),
        row(2, commune="Phường Không Có"), row(3, name="Ng« ThÞ B­ëi"),
    ])  # fmt: skip
    before = rolls.report_of(made)
    assert rolls.rows_of(made).stat().st_mode & 0o777 == 0o600
    unreadable()
    done = apply(made)
    assert (done.state, counts(done)) == (UploadState.APPLIED, (3, 2, 0, 0, 1))
    found = Person.objects.get(national_id_index=row(1)["national_id"])
    assert (found.national_id, found.notes) == (row(1)["national_id"], "ở một mình")
    assert found.payout_methods.get(channel="bank").account == "1112223334"
    assert {key: value for key, value in rolls.report_of(done).items() if key != "seal"} == {
        key: value for key, value in before.items() if key != "seal"
    }
    assert not rolls.rows_of(made).exists()


def test_a_person_entered_meanwhile_is_noticed_in_kept_rows_too(world, tmp_path, unreadable):
    made = upload(world, tmp_path, [row(1), row(2)])
    entered = worlds.person(
        row(2)["name"], national_id=row(2)["national_id"], national_id_index=row(2)["national_id"]
    )
    unreadable()
    again = apply(made)
    assert again.state == UploadState.CHECKED
    assert rolls.report_of(again)["message"]
    assert not Person.objects.filter(national_id_index=row(1)["national_id"]).exists()
    assert entered.entitlements.count() == 0


def test_rows_that_change_places_are_noticed_though_the_counts_stay(world, tmp_path):
    apply(upload(world, tmp_path, [row(1)]))
    made = upload(world, tmp_path, [row(1), row(2)])
    assert counts(made) == (2, 1, 0, 1, 0)
    # Who was known is now another number, and the one who was new is known.
    known = Person.objects.get(national_id_index=row(1)["national_id"])
    known.national_id = known.national_id_index = row(2)["national_id"]
    known.save()
    again = apply(made)
    assert (again.state, counts(again)) == (UploadState.CHECKED, (2, 1, 0, 1, 0))


def test_a_file_changed_meanwhile_is_read_again_and_shown_again(world, tmp_path):
    made = upload(world, tmp_path, [row(1, form="Tài khoản", bank="Agribank", account="1112223334")])
    other = workbook(tmp_path / "other.xlsx", {
        "Danh sách": lines([row(1, form="Tài khoản", bank="Agribank", account="9998887776")])
    })  # fmt: skip
    rolls.file_of(made).write_bytes(other.read_bytes())
    assert apply(made).state == UploadState.CHECKED
    assert not Person.objects.filter(national_id_index=row(1)["national_id"]).exists()


def test_kept_rows_that_were_touched_are_not_taken(world, tmp_path):
    made = upload(world, tmp_path, [row(1)])
    kept = rolls.rows_of(made)
    kept.write_bytes(kept.read_bytes().replace("Lương Thị Nhập".encode(), "Lương Thị Khác".encode()))
    assert apply(made).state == UploadState.APPLIED
    assert Person.objects.get(national_id_index=row(1)["national_id"]).name == "Lương Thị Nhập"


def test_a_commune_renamed_meanwhile_is_noticed(world, tmp_path):
    made = upload(world, tmp_path, [row(1)])
    Unit.objects.filter(name=row(1)["commune"]).update(name="Phường Tên Mới")
    again = apply(made)
    assert again.state == UploadState.CHECKED
    assert not Person.objects.filter(national_id_index=row(1)["national_id"]).exists()


@pytest.mark.parametrize("change", ["day", "rate"])
def test_another_day_or_a_changed_rate_reads_the_file_again(world, tmp_path, change):
    made = upload(world, tmp_path, [row(1)])
    seal = rolls.report_of(made)["seal"]
    at = worlds.clock
    if change == "day":
        at = lambda: worlds.NOON + timedelta(days=1)  # noqa: E731
    else:
        Rate.objects.filter(category="TB").update(article="Điều khác")
    rolls.ask_to_apply(upload=made, by=made.by)
    assert rolls.apply_upload(upload_id=made.pk, at=at)
    made.refresh_from_db()
    assert made.state == UploadState.APPLIED
    assert rolls.report_of(made)["seal"] != seal


def test_discarding_a_roll_removes_its_rows(world, tmp_path):
    made = upload(world, tmp_path, [row(1)])
    assert rolls.rows_of(made).exists()
    rolls.discard(upload=made, at=worlds.NOON)
    assert not rolls.rows_of(made).exists()


def test_the_digest_of_a_file_is_its_sha256(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    # The example of FIPS 180-4.
    assert kept_rows.file_digest(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
