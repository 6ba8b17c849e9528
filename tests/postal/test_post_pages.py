"""The pages of the Post, as officers use them."""

import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from beneficiaries.models import Payee
from payments.models import StopOrder
from payments.operations.stop_orders import order_stop
from postal.models import (
    Contract,
    Correction,
    Fee,
    Listing,
    Minutes,
    Notice,
    PayDay,
    PayPoint,
    PersonPoint,
    Scan,
)
from postal.operations.marks import NewMark, receive_marks
from postal.papers.signing import list_workbook
from postal.queries.lists import pay_lists
from tests import worlds
from tests.broker import do_messages, forget_messages
from tests.desk_world import DECEMBER
from tests.pdf_text import pdf_text
from tests.postal import world as post_world
from tests.postal.world import SINCE

pytestmark = pytest.mark.django_db


def test_the_month_shows_each_pay_day_with_its_people_and_money(world):
    page = world.client("preparer").get(reverse("post_month"), {"month": "2024-12"}).content.decode()
    assert "Bưu điện Hàm Tiến" in page
    assert "6.000.000" in page
    assert "Nguyễn Thị Giám" in page
    assert "trước 25/11/2024, thanh toán trước 20/12/2024" in page


def test_planning_and_dealing_out_happen_on_the_months_page(world):
    Listing.objects.all().delete()
    PayDay.objects.all().delete()
    client = world.client("preparer")
    plan = {"month": "2024-12", "day": "2024-12-06", "supervisor": "Lê A"}
    client.post(reverse("post_plan"), plan | {"action": "month"})
    assert PayDay.objects.count() == 4
    client.post(reverse("post_plan"), {"month": "2024-12", "action": "lists"})
    assert Listing.objects.count() == 4
    one = plan | {"action": "day", "point": world.point.pk, "place": "home", "name": "Tuyến 2"}
    one |= {"month": "12/2024", "day": "06/12/2024", "opens": "07:30"}
    client.post(reverse("post_plan"), one)
    assert PayDay.objects.filter(name="Tuyến 2", place="home").exists()


@pytest.mark.parametrize(
    ("action", "fault"), [("month", {"day": "31/02/2024"}), ("day", {"day": "5"}), ("day", {"month": "2024"})]
)
def test_a_plan_that_is_refused_stands_there_again_as_it_was_filled_in(world, action, fault):
    month = "2024-12" if action == "month" else "12/2024"
    filled = {"action": action, "month": month, "day": "06/12/2024", "supervisor": "Lê Thị Giám Sát"}
    page = world.client("preparer").post(reverse("post_plan"), filled | fault).content.decode()
    assert 'value="Lê Thị Giám Sát"' in page
    assert f'value="{next(iter(fault.values()))}"' in page
    assert 'class="error"' in page


def test_a_contract_its_fee_and_a_point_are_recorded_on_their_pages(world):
    client = world.client("administrator")
    province = world.desk.district.parent
    facts = {
        "provider": "POST", "party": province.pk, "areas": [province.pk], "number": "16/2024",
        "signed_on": "2024-01-01", "valid_from": "2024-01-01", "money_day": 25, "settle_day": 20,
        "success_percent": "95",
    }  # fmt: skip
    client.post(reverse("post_contracts"), facts)
    made = Contract.objects.get(number="16/2024")
    client.post(
        reverse("post_contract", args=[made.pk]),
        {"scheme": "BTXH", "percent": "0.7", "from_month": "2024-01"},
    )
    assert Fee.objects.get(contract=made).from_month == SINCE
    point = {"commune": worlds.commune().pk, "name": "Điểm phụ", "address": "x", "valid_from": "2024-01-01"}
    answer = client.post(reverse("post_points"), point)
    assert answer.status_code == 302
    assert not PayPoint.objects.get(name="Điểm phụ").main


def test_a_days_papers_come_as_files(world):
    client = world.client("commune_officer")
    for kind, head in (("pdf", b"%PDF-"), ("xlsx", b"PK")):
        answer = client.get(reverse("post_day_paper", args=[world.day.pk, world.batch.pk, kind]))
        assert answer.content.startswith(head)
        assert answer["Cache-Control"] == "no-store, private"
    answer = world.client("preparer").get(reverse("post_changes", args=[world.batch.pk, "pdf"]))
    assert answer.content.startswith(b"%PDF-")


def test_a_list_to_sign_is_vietnamese_also_for_who_reads_english(world):
    Payee.objects.create(
        person=world.desk.people[2], role="authorised", name="Nguyễn Văn Tý", valid_from=date(2024, 1, 1),
        valid_to=date(2024, 12, 31),
    )  # fmt: skip
    client = world.client("commune_officer")
    client.cookies["django_language"] = "en"
    answer = client.get(reverse("post_day_paper", args=[world.day.pk, world.batch.pk, "pdf"]))
    paper = " ".join(pdf_text(answer.content).split())
    assert "người được ủy quyền" in paper
    assert "500.000" in paper


def test_an_archive_shows_its_progress_and_then_the_file(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = world.client("preparer")
    forget_messages()
    asked = client.post(
        reverse("post_ask_archive"), {"month": f"{DECEMBER:%Y-%m}", "commune": worlds.commune().pk}
    )
    assert "0 trên" in client.get(asked.url).content.decode()
    assert client.get(asked.url.rstrip("/") + ".zip").status_code == 404
    assert do_messages() == ["postal.tasks.make_archive"]
    page = client.get(asked.url)
    assert "4 trên 4 tệp" in page.content.decode()
    part = client.get(asked.url, headers={"HX-Request": "true"})
    assert part["HX-Refresh"] == "true"
    file = client.get(asked.url.rstrip("/") + ".zip")
    assert b"".join(file.streaming_content).startswith(b"PK")


def test_a_conflict_is_corrected_by_two_people_and_the_day_is_sealed(world):
    one = world.payments()[0]
    now = timezone.now()
    for number, clerk in enumerate((world.clerk, world.desk.officers["second_clerk"])):
        mark = NewMark(uuid.uuid4(), one.pk, "paid", uuid.UUID(int=number), now, receipt=f"BN-{number}")
        receive_marks(day=world.day, marks=[mark], by=clerk, at=now)
    clerk, second = world.client("post_clerk"), world.client("second_clerk")
    page = clerk.get(reverse("post_day", args=[world.day.pk])).content.decode()
    assert "được đánh dấu đã nhận hai lần" in page
    answer = clerk.post(reverse("post_seal", args=[world.day.pk]), follow=True)
    assert "mâu thuẫn" in answer.content.decode()
    clerk.post(
        reverse("post_correct", args=[world.day.pk, one.pk]), {"wanted": "paid", "reason": "Hai máy, một lần"}
    )
    asked = Correction.objects.get()
    decide = reverse("post_decide", args=[world.day.pk, asked.pk])
    refused = clerk.post(decide, {"action": "accept"}, follow=True).content.decode()
    assert "không được tự quyết định" in refused
    second.post(decide, {"action": "accept"})
    answer = clerk.post(reverse("post_seal", args=[world.day.pk]), follow=True)
    assert "Đã khóa: ghi nhận 1 khoản đã chi trả." in answer.content.decode()
    one.refresh_from_db()
    assert one.outcome == "paid"


def test_marks_that_are_no_marks_are_refused_in_words(world):
    client = world.client("post_clerk")
    address = reverse("post_desk_marks", args=[world.day.pk])
    for body in ("", "[]", "{}", '{"marks": [{"id": 1}]}', '{"marks": 7}'):
        assert client.post(address, body, content_type="application/json").status_code == 400


def test_a_list_is_settled_and_its_report_signed_on_its_page(world):
    receive_marks(
        day=world.day, by=world.clerk, at=timezone.now(),
        marks=[
            NewMark(uuid.uuid4(), payment.pk, "paid", uuid.UUID(int=1), timezone.now(), receipt="B")
            for payment in world.payments()[:3]
        ],
    )  # fmt: skip
    accountant = world.client("accountant")
    address = reverse("post_settlement", args=[world.batch.pk])
    assert "1 ngày chi trả chưa khóa" in accountant.get(address).content.decode()
    world.client("post_clerk").post(reverse("post_seal", args=[world.day.pk]))
    act = reverse("post_settle", args=[world.batch.pk])
    assert "1 khoản chưa nhận" in accountant.post(act, {"action": "settle"}, follow=True).content.decode()
    given = {
        "action": "return", "amount": 500_000, "money_year": 2024, "voucher_number": "CT-1",
        "voucher_date": "2024-12-30",
    }  # fmt: skip
    assert "giảm chi năm nay" in accountant.post(act, given, follow=True).content.decode()
    page = accountant.get(address).content.decode()
    assert "1.000.000" in page
    paper = accountant.get(reverse("post_settlement_paper", args=[world.batch.pk]))
    assert paper.content.startswith(b"%PDF-")
    assert world.client("preparer").post(act, {"action": "settle"}).status_code == 403
    found = accountant.get(reverse("post_settlements"), {"month": "2024-12"}).content.decode()
    assert "Thành phố Phan Thiết" in found
    service = accountant.get(reverse("post_service"), {"month": "2024-12"}).content.decode()
    assert "1 điểm dưới mức cam kết" in service
    assert "75,0%" in service


def test_the_posts_excel_comes_in_on_the_month_s_settlement_page(world, tmp_path):
    (made,) = pay_lists(days=[world.day])
    client = world.client("preparer")
    file = SimpleUploadedFile("ket-qua.xlsx", list_workbook(made))
    form = {"month": "2024-12", "kind": "results", "file": file}
    page = client.post(reverse("post_upload"), form).content.decode()
    assert "Dòng chưa có kết quả" in page
    answer = client.post(reverse("post_upload"), {"month": "2024-12", "kind": "results"}, follow=True)
    assert "Tệp Excel hoặc CSV" in answer.content.decode()


def test_proof_is_kept_on_the_days_page_and_a_stop_order_is_answered(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    act = reverse("post_day_act", args=[world.day.pk])
    clerk, officer = world.client("post_clerk"), world.client("commune_officer")
    one = world.payments()[0]
    order_stop(payment_id=one.pk, by=world.desk.officers["approver"], at=timezone.now(), reason="Đã mất")
    page = clerk.get(reverse("post_day", args=[world.day.pk])).content.decode()
    assert "Yêu cầu dừng chi" in page
    stop = StopOrder.objects.get()
    clerk.post(act, {"action": "stop", "stop": stop.pk, "answer": "stopped"})
    one.refresh_from_db()
    assert one.outcome == "withdrawn"
    scan = SimpleUploadedFile("a.pdf", b"%PDF-1.7 signed")
    clerk.post(act, {"action": "scan", "file": scan, "signed": "3"})
    kept = Scan.objects.get()
    file = officer.get(reverse("post_scan", args=[world.day.pk, kept.pk]))
    assert b"".join(file.streaming_content) == b"%PDF-1.7 signed"
    minutes = {"action": "minutes", "people": 3, "amount": 4_500_000, "text": "Đúng giờ"}
    assert clerk.post(act, minutes).status_code == 403
    officer.post(act, minutes)
    assert Minutes.objects.get().people == 3
    clerk.post(reverse("post_seal", args=[world.day.pk]))
    answer = officer.post(act, {"action": "draw"}, follow=True).content.decode()
    assert "Đã chọn ngẫu nhiên 0 người" in answer


def test_the_commune_answers_a_question_about_a_person(world):
    one = world.payments()[0]
    mark = NewMark(uuid.uuid4(), one.pk, "not_paid", uuid.UUID(int=1), timezone.now(), reason="died")
    receive_marks(day=world.day, marks=[mark], by=world.clerk, at=timezone.now())
    officer = world.client("commune_officer")
    page = officer.get(reverse("post_notices")).content.decode()
    assert "bàn chi trả báo đã mất" in page
    notice = Notice.objects.get()
    officer.post(reverse("post_answer_notice", args=[notice.pk]), {"answer": "Đã xác minh, ghi nhận mất"})
    notice.refresh_from_db()
    assert notice.answered_by == world.desk.officers["commune_officer"]


def test_the_post_confirms_a_released_list_by_its_count_and_sum():
    world = post_world.build(state="released")
    client = world.client("preparer")
    act = reverse("post_settle", args=[world.batch.pk])
    received = {"action": "acknowledge", "count": 4, "amount": 5_999_999}
    client.post(act, received)
    world.batch.refresh_from_db()
    assert world.batch.state == "released"
    answer = client.post(act, received | {"amount": 6_000_000}, follow=True)
    assert "Bưu điện đã nhận danh sách." in answer.content.decode()
    world.batch.refresh_from_db()
    assert world.batch.state == "acknowledged"


def test_the_pay_desk_says_not_to_pay_what_is_being_stopped(world):
    one = world.payments()[0]
    order_stop(payment_id=one.pk, by=world.desk.officers["approver"], at=timezone.now(), reason="Đã mất")
    found = world.client("post_clerk").get(reverse("post_desk_data", args=[world.day.pk])).json()
    assert [row["stop"] for row in found["rows"]] == [True, False, False, False]


def test_a_person_is_sent_to_another_point_on_the_points_page(world):
    client = world.client("preparer")
    address = reverse("post_point", args=[world.other_point.pk])
    person = world.desk.people[3]
    form = {"national_id": person.national_id, "since": "2024-12-01"}
    page = client.post(address, form, follow=True).content.decode()
    assert f"{person.name} nhận tiền tại điểm này." in page
    assert PersonPoint.objects.get(person=person).point == world.other_point
    page = client.post(address, form | {"national_id": "060140999999"}, follow=True).content.decode()
    assert "Không có ai trong địa bàn" in page
    assert world.client("commune_officer").post(address, form).status_code in (403, 404)


def test_a_point_is_closed_on_its_page_but_not_before_a_planned_day(world):
    client, address = world.client("preparer"), reverse("post_point", args=[world.point.pk])
    assert "Đóng điểm" in client.get(address).content.decode()
    # The pay day is 5 December.
    answer = client.post(address, {"last_day": "2024-12-04"}, follow=True)
    assert "Điểm này còn ngày chi trả sau đó" in answer.content.decode()
    assert PayPoint.objects.get(pk=world.point.pk).valid_to is None
    client.post(address, {"last_day": "2024-12-05"})
    assert PayPoint.objects.get(pk=world.point.pk).valid_to == date(2024, 12, 5)
    page = client.get(address).content.decode()
    assert "hoạt động đến 05/12/2024" in page
    assert 'name="last_day"' not in page
    assert world.client("approver").post(address, {"last_day": "2024-12-31"}).status_code == 403
