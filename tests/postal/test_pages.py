"""The pages of the Post, as officers use them."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from postal.models import Contract, Correction, Fee, Listing, PayDay, PayPoint
from postal.operations.marks import NewMark, receive_marks
from tests import worlds
from tests.desk_world import DECEMBER
from tests.postal import world as post_world
from tests.postal.world import SINCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return post_world.build()


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
    client.post(reverse("post_plan"), one)
    assert PayDay.objects.filter(name="Tuyến 2", place="home").exists()
    answer = client.post(reverse("post_plan"), one | {"supervisor": ""}, follow=True)
    assert "Người giám sát" in answer.content.decode()


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


def test_an_archive_shows_its_progress_and_then_the_file(world, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    client = world.client("preparer")
    from postal import tasks

    monkeypatch.setattr(tasks.make_archive, "apply_async", lambda args, **_: tasks.make_archive(*args))
    asked = client.post(
        reverse("post_ask_archive"), {"month": f"{DECEMBER:%Y-%m}", "commune": worlds.commune().pk}
    )
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
