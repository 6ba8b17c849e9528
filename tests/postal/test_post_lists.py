"""Papers: what stands on the list for signature, as PDF, Excel and archive. By hand: four people, each
500,000 đồng for December and for October and November, granted but not paid yet."""

import io
import zipfile
from datetime import date

import pytest
import python_calamine

from beneficiaries.models import Payee
from payments.operations import stop_orders
from postal.models import ListArchive
from postal.operations import archives
from postal.papers.archive import commune_files
from postal.papers.signing import list_data, list_pdf, list_workbook
from postal.queries.lists import pay_lists
from tests import worlds
from tests.desk_world import DECEMBER

pytestmark = pytest.mark.django_db


def the_list(world):
    (made,) = pay_lists(days=[world.day])
    return made


def test_the_list_says_who_is_paid_what_in_figures_and_words(world):
    data = list_data(the_list(world))
    assert data["title"] == "Danh sách chi trả trợ giúp xã hội hằng tháng"
    assert (data["above"], data["unit"]) == (
        "Ủy ban nhân dân Thành phố Phan Thiết",
        "Phòng Lao động - Thương binh và Xã hội",
    )
    assert data["subtitle"] == "Tháng 12 năm 2024"
    assert (
        "Bưu điện Hàm Tiến, 12 Nguyễn Đình Chiểu; ngày chi trả 05/12/2024, 07:30 đến 11:00" in data["place"]
    )
    # Vietnamese order: Bưởi, Đỗ, Ơn, Ỷ.
    assert [row[1] for row in data["rows"]] == [
        "Trần Thị Bưởi", "Lê Văn Đỗ", "Huỳnh Văn Ơn", "Phạm Thị Ỷ",
    ]  # fmt: skip
    assert [row[0] for row in data["rows"]] == ["1", "2", "3", "4"]
    assert data["rows"][0][5:9] == ["500.000", "1.000.000", "", "1.500.000"]
    assert (data["total"], data["words"]) == ("6.000.000", "Sáu triệu đồng")
    assert data["dated"].startswith("Phan Thiết, ngày")
    assert [signer["title"] for signer in data["signers"]] == [
        "Người lập biểu", "Nhân viên chi trả", "Người giám sát", "Kế toán", "Trưởng phòng",
    ]  # fmt: skip
    assert data["signers"][2]["name"] == "Nguyễn Thị Giám"


def test_identity_numbers_are_masked_and_a_payee_stands_with_her_document(world):
    who = world.desk.people[2]
    Payee.objects.create(
        person=who, role="authorised", name="Nguyễn Văn Tý", document="Giấy ủy quyền 12",
        valid_from=date(2024, 1, 1), valid_to=date(2024, 12, 31),
    )  # fmt: skip
    Payee.objects.create(
        person=who, role="guardian", name="Hết Hạn", valid_from=date(2023, 1, 1), valid_to=date(2024, 12, 4)
    )
    row = list_data(the_list(world))["rows"][0]
    assert row[3] == f"{who.national_id[:3]}•••••{who.national_id[-4:]}"
    assert "Nguyễn Văn Tý, Giấy ủy quyền 12" in row[9]
    assert "Hết Hạn" not in row[9]


def test_a_withdrawn_payment_leaves_the_list_and_its_sums(world):
    order = stop_orders.order_stop(
        payment_id=world.payments()[0].pk, by=world.desk.officers["approver"], at=worlds.NOON, reason="Đã mất"
    )
    stop_orders.answer_stop(stop_id=order.pk, stopped=True, at=worlds.NOON)
    data = list_data(the_list(world))
    assert (len(data["rows"]), data["total"]) == (3, "4.500.000")


def test_the_pdf_is_made_from_hostile_names_as_text(world):
    person = world.desk.people[2]
    person.name = '#panic("x") *đậm* $x$ @a <b> \\ "'
    person.save()
    made = the_list(world)
    assert list_pdf(made).startswith(b"%PDF-")


def test_the_excel_list_holds_each_payment_with_its_number(world):
    made = the_list(world)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(list_workbook(made)))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert [row[10] for row in rows[5:9]] == [str(payment.pk) for payment in world.payments()]
    assert rows[9][8] == 6_000_000


def test_a_communes_archive_holds_lists_and_changes_and_knows_how_far_it_is(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    asked = archives.ask_archive(
        month=DECEMBER, commune=worlds.commune(), by=world.desk.officers["preparer"], at=worlds.NOON
    )
    archives.make_archive(archive_id=asked.pk, at=worlds.clock)
    archives.make_archive(archive_id=asked.pk, at=worlds.clock)
    asked.refresh_from_db()
    assert (asked.state, asked.done, asked.all) == ("ready", 4, 4)
    names = zipfile.ZipFile(archives.archive_path(asked)).namelist()
    assert names == [
        f"22918-20241205-diem{world.day.pk}-BTXH.pdf",
        f"22918-20241205-diem{world.day.pk}-BTXH.xlsx",
        f"22918-tanggiam-BTXH-{world.batch.pk}.pdf",
        f"22918-tanggiam-BTXH-{world.batch.pk}.xlsx",
    ]
    assert ListArchive.objects.count() == 1


def test_a_month_without_pay_days_has_no_files(world):
    assert commune_files(commune=worlds.commune(), days=[]) == []
