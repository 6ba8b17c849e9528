"""The import desk: a roll uploaded in the browser is checked, looked at, applied, and its refused rows come back."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from beneficiaries.models import Entitlement, Person, Residence
from beneficiaries.roll.table import UnreadableFile
from common.cccd import make_cccd
from desk.models import RollUpload, UploadState
from desk.operations import rolls
from desk.operations.rolls import UploadRefused
from tests import worlds
from tests.beneficiaries.roll_files import GOOD, lines, workbook
from tests.desk_world import DECEMBER, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


def row(number: int = 1, **cells: Any) -> dict[str, Any]:
    return {
        **GOOD,
        "name": "Lương Thị Nhập",
        "national_id": make_cccd("060", "female", 1941, 500 + number),
    } | cells


def upload(world: World, tmp_path: Path, rows: list[dict[str, Any]], who: str = "preparer") -> RollUpload:
    path = workbook(tmp_path / "roll.xlsx", {"Danh sách": lines(rows)})
    with path.open("rb") as file:
        made = rolls.keep(
            file=file, name=path.name, size=path.stat().st_size, paid_through=None, by=world.officers[who],
            at=worlds.NOON,
        )  # fmt: skip
    assert rolls.check_upload(upload_id=made.pk, at=worlds.clock)
    made.refresh_from_db()
    return made


def apply(made: RollUpload) -> RollUpload:
    rolls.ask_to_apply(upload=made, by=made.by)
    assert rolls.apply_upload(upload_id=made.pk, at=worlds.clock)
    made.refresh_from_db()
    return made


def counts(made: RollUpload) -> tuple[int, int, int, int, int]:
    return made.rows, made.new, made.changed, made.unchanged, made.refused


def test_a_check_writes_nothing_and_applying_does_what_it_said(world, tmp_path):
    people = Person.objects.count()
    made = upload(world, tmp_path, [row(1), row(2, commune="Phường Không Có")])
    assert (made.state, counts(made)) == (UploadState.CHECKED, (2, 1, 0, 0, 1))
    assert Person.objects.count() == people
    assert apply(made).state == UploadState.APPLIED
    assert Person.objects.count() == people + 1


def test_what_changes_is_told_field_by_field_as_it_was_and_will_be(world, tmp_path):
    apply(upload(world, tmp_path, [row(1)]))
    made = upload(world, tmp_path, [
        row(1, name="Lương Thị Nhập Hai", from_month="05/2021", form="Tài khoản", bank="Agribank",
            account="1112223334", hamlet="Khu phố 2", certificate_until="31/01/2027"),
    ])  # fmt: skip
    assert counts(made) == (1, 0, 1, 0, 0)
    told = {(one["field"], one["before"], one["after"]) for one in rolls.report_of(made)["differences"]}
    assert told == {
        ("name", "Lương Thị Nhập", "Lương Thị Nhập Hai"),
        ("from_month", "04/2021", "05/2021"),
        ("account", "Bưu điện", "Agribank ••••3334"),
        ("hamlet", "", "Khu phố 2"),
        ("certificate_until", "", "31/01/2027"),
    }
    page = world.client("preparer").get(reverse("roll_upload", args=[made.pk])).content.decode()
    assert "<del>Lương Thị Nhập</del> → <ins>Lương Thị Nhập Hai</ins>" in page
    assert "1112223334" not in page


def test_the_refused_rows_come_back_with_the_reason_and_work_once_corrected(world, tmp_path):
    bad = row(2, commune="Phường Không Có", notes="giữ nguyên")
    made = apply(upload(world, tmp_path, [row(1), bad]))
    client = world.client("preparer")
    answer = client.get(reverse("roll_refused", args=[made.pk]))
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(b"".join(answer)))
    sheet = book.active
    header = [cell.value for cell in sheet[1]]
    assert header[0] == "Lý do từ chối"
    assert sheet.max_row == 2
    assert "Phường Không Có" in sheet.cell(2, 1).value
    sheet.cell(2, header.index("Xã/Phường") + 1).value = "Phường Mũi Né"
    corrected = tmp_path / "sửa.xlsx"
    book.save(corrected)
    sent = SimpleUploadedFile("sửa.xlsx", corrected.read_bytes())
    assert client.post(reverse("roll_uploads"), {"file": sent}).status_code == 302
    second = RollUpload.objects.latest("pk")
    assert rolls.check_upload(upload_id=second.pk, at=worlds.clock)
    second.refresh_from_db()
    assert counts(second) == (1, 1, 0, 0, 0)
    apply(second)
    found = Person.objects.get(national_id_index=bad["national_id"])
    assert found.notes == "giữ nguyên"


def test_old_fonts_are_read_and_shown_as_typed_and_as_read(world, tmp_path):
    made = upload(world, tmp_path, [row(1, name="NguyÔn ThÞ B­ëi")])
    assert rolls.report_of(made)["conversions"] == [
        {"font": "TCVN3", "typed": "NguyÔn ThÞ B­ëi", "read": "Nguyễn Thị Bưởi"}
    ]


def test_an_officer_enters_nobody_in_another_area_and_takes_nobody_from_there(world, tmp_path):
    far = (
        worlds.commune()
        .__class__.objects.on(DECEMBER)
        .communes()
        .filter(parent__code="594")
        .order_by("code")[0]
    )
    number = make_cccd("060", "female", 1941, 777)
    other = worlds.person("Lương Thị Xa", lives=far, national_id=number, national_id_index=number)
    made = upload(world, tmp_path, [
        row(1, commune=far.name, district=far.parent.name),
        row(2, name="Lương Thị Xa", national_id=number, birth_date="20/05/1940"),
    ])  # fmt: skip
    assert counts(made) == (2, 0, 0, 0, 2)
    assert [error["code"] for error in rolls.report_of(made)["errors"]] == ["outside_area", "lives_elsewhere"]
    assert Residence.objects.get(person=other, valid_to=None).commune == far


def test_where_the_records_changed_meanwhile_the_officer_looks_again(world, tmp_path):
    made = upload(world, tmp_path, [row(1)])
    apply(upload(world, tmp_path, [row(1, name="Người khác vào trước")]))
    before = Entitlement.objects.count()
    again = apply(made)
    assert (again.state, counts(again)) == (UploadState.CHECKED, (1, 0, 1, 0, 0))
    assert rolls.report_of(again)["message"]
    assert Entitlement.objects.count() == before
    assert Person.objects.get(national_id_index=row(1)["national_id"]).name == "Người khác vào trước"
    assert apply(again).state == UploadState.APPLIED


def test_a_step_asked_twice_is_done_once(world, tmp_path):
    made = apply(upload(world, tmp_path, [row(1)]))
    assert rolls.apply_upload(upload_id=made.pk, at=worlds.clock) is False
    assert rolls.check_upload(upload_id=made.pk, at=worlds.clock) is False
    with pytest.raises(UploadRefused):
        rolls.ask_to_apply(upload=made, by=made.by)
    with pytest.raises(UploadRefused):
        rolls.discard(upload=made, at=worlds.NOON)


def test_another_officer_does_not_apply_it_and_has_no_such_page(world, tmp_path):
    made = upload(world, tmp_path, [row(1)])
    with pytest.raises(UploadRefused):
        rolls.ask_to_apply(upload=made, by=world.officers["administrator"])
    assert world.client("administrator").get(reverse("roll_upload", args=[made.pk])).status_code == 404


def test_what_no_roll_is_leaves_nothing_behind(world, tmp_path):
    client = world.client("preparer")
    answer = client.post(reverse("roll_uploads"), {"file": SimpleUploadedFile("a.xlsx", b"%PDF-1.7 ...")})
    assert answer.status_code == 422
    assert "aria-invalid" in answer.content.decode()
    assert not RollUpload.objects.exists()
    assert list((settings.MEDIA_ROOT / "rolls").iterdir()) == []
    with pytest.raises(UnreadableFile):
        rolls.keep(file=io.BytesIO(b""), name="x", size=0, paid_through=None, by=world.officers["preparer"],
                   at=worlds.NOON)  # fmt: skip
    with pytest.raises(UploadRefused):
        rolls.keep(file=io.BytesIO(b"x"), name="x", size=settings.UPLOAD_MAX_BYTES + 1, paid_through=None,
                   by=world.officers["preparer"], at=worlds.NOON)  # fmt: skip


def test_a_file_that_turns_out_unreadable_says_why_and_is_removed(world, tmp_path):
    path = workbook(tmp_path / "roll.xlsx", {"a": [["chỉ", "có", "chữ"]]})
    with path.open("rb") as file:
        made = rolls.keep(file=file, name="a.xlsx", size=9, paid_through=None, by=world.officers["preparer"],
                          at=worlds.NOON)  # fmt: skip
    assert rolls.check_upload(upload_id=made.pk, at=worlds.clock)
    made.refresh_from_db()
    assert made.state == UploadState.UNREADABLE
    assert rolls.report_of(made)["message"]
    assert not rolls.file_of(made).exists()


def test_files_go_when_applied_discarded_or_a_week_old(world, tmp_path):
    applied = apply(upload(world, tmp_path, [row(1)]))
    given_up = upload(world, tmp_path, [row(2)])
    rolls.discard(upload=given_up, at=worlds.NOON)
    old = upload(world, tmp_path, [row(3)])
    RollUpload.objects.filter(pk=old.pk).update(at=worlds.NOON - timedelta(days=8))
    kept = upload(world, tmp_path, [row(4)])
    exist = [rolls.file_of(one).exists() for one in (applied, given_up, old, kept)]
    assert exist == [False, False, False, True]
    old.refresh_from_db()
    assert (old.state, old.report) == (UploadState.DISCARDED, None)


def test_the_report_is_encrypted_at_rest(world, tmp_path):
    made = upload(world, tmp_path, [row(1, name="Lương Thị Bí Mật", commune="Phường Không Có")])
    stored = RollUpload.objects.filter(pk=made.pk).values_list("report", flat=True)[0]
    assert "Không Có".encode() not in bytes(stored)


def test_more_than_a_roll_can_be_ends_the_connection_before_it_is_stored(world, settings):
    settings.UPLOAD_MAX_BYTES = 200_000
    sent = SimpleUploadedFile("a.xlsx", b"x" * 300_000)
    answer = world.client("preparer").post(reverse("roll_uploads"), {"file": sent})
    assert answer.status_code == 422
    assert not RollUpload.objects.exists()
