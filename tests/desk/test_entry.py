"""Entering a new grant: what is typed becomes a draft, says what it will come to, and is submitted once it is whole."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.urls import reverse

from areas.models import Unit
from beneficiaries.models import ChangeRequest, Entitlement, LikenessDecision, Person
from beneficiaries.operations import changes
from payments.models import Payment
from tests import desk_world, worlds
from tests.desk_world import DECEMBER, World
from tests.vietqr import make_vietqr

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("december")]
CARD = "060144000077|260123456|Hồ Thị Lành|10091944|Nữ|Khu phố 1, Hàm Tiến, Phan Thiết, Bình Thuận|02052021"
PAPER = {
    "path": "signed", "name": "Hồ Thị Lành", "birth": "10091944", "sex": "female", "number": "060144000077",
    "old_number": "260123456", "hamlet": "Khu phố 1", "category": "BTXH_5.5c", "decision_number": "418/QĐ-UBND",
    "decision_date": "15112024", "from_month": "092024", "channel": "post", "pay_at": "point",
}  # fmt: skip
KEY = uuid.UUID(int=7)


@pytest.fixture
def december():
    with time_machine.travel(worlds.NOON, tick=False):
        yield


@pytest.fixture
def world() -> World:
    made = desk_world.build()
    worlds.run_round(date(2024, 11, 1))
    return made


def post(
    world: World, page: str, who: str = "commune_officer", key: uuid.UUID = KEY, **fields: Any
) -> HttpResponse:
    return world.client(who).post(reverse(page, args=[key]), PAPER | fields)


def said(response: HttpResponse) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def test_a_card_fills_the_form_and_an_account_code_bank_and_number(world):
    client = world.client("commune_officer")
    card = client.post(reverse("entry_scan"), {"text": CARD}).json()["fields"]
    assert card == {
        "name": "Hồ Thị Lành", "birth": "10/09/1944", "sex": "female", "number": "060144000077",
        "old_number": "260123456", "hamlet": "Khu phố 1",
    }  # fmt: skip
    code = make_vietqr(bin=worlds.AGRIBANK, account="1500205123456")
    account = client.post(reverse("entry_scan"), {"text": code}).json()["fields"]
    assert (account["provider"], account["account"], account["channel"]) == (
        worlds.AGRIBANK,
        "1500205123456",
        "bank",
    )
    unknown = client.post(reverse("entry_scan"), {"text": make_vietqr(bin="999999", account="1500205123456")})
    assert (unknown.status_code, "999999" in unknown.json()["error"]) == (422, True)
    assert client.post(reverse("entry_scan"), {"text": "https://example.vn"}).status_code == 422


def test_it_says_before_saving_what_will_be_paid_and_why(world):
    page = said(post(world, "entry_check"))
    # 500,000 a month from September; the list of December pays September, October and November too.
    assert "Sẽ được nhận 500.000 ₫ mỗi tháng" in page
    assert "12/2024 chi 2.000.000 ₫" in page
    assert "1.500.000 ₫" in page
    assert "mức chuẩn 500.000 ₫ × hệ số 1" in page
    assert not ChangeRequest.objects.exists()
    assert Person.objects.filter(name="Hồ Thị Lành").count() == 0


def test_the_page_says_when_the_next_list_closes(world):
    page = said(world.client("commune_officer").get(reverse("entry", args=[KEY])))
    # November is made and the 25th of November is past: the list of January closes before 25 December.
    assert "01/2025" in page
    assert "25/12/2024" in page


def test_whoever_is_too_young_for_the_category_is_told_so_at_once(world):
    page = said(post(world, "entry_check", birth="1970", number=""))
    assert "Không phát sinh khoản chi thêm" in page


def test_digits_of_the_number_that_do_not_fit_are_told(world):
    page = said(post(world, "entry_check", birth="10091945", sex="male"))
    assert "năm sinh khác" in page
    assert "giới tính khác" in page


def test_a_draft_is_kept_unfinished_and_unreadable_and_comes_back_as_typed(world):
    answer = post(world, "entry_save", birth="tháng chín", name="", account="x")
    assert answer.json()["version"] == 1
    draft = ChangeRequest.objects.get(client_key=KEY)
    assert (draft.state, draft.prepared_by) == ("draft", world.officers["commune_officer"])
    page = said(world.client("commune_officer").get(reverse("entry", args=[KEY])))
    assert 'value="tháng chín"' in page
    assert 'value="418/QĐ-UBND"' in page
    again = post(world, "entry_save", version=1)
    assert again.json()["version"] == 2
    assert post(world, "entry_save", version=1).status_code == 409
    assert ChangeRequest.objects.count() == 1


def test_numbers_in_a_draft_are_encrypted_at_rest(world):
    post(world, "entry_save")
    stored = bytes(ChangeRequest.objects.values_list("content", flat=True)[0])
    assert b"060144000077" not in stored


def test_the_same_number_elsewhere_blocks_and_offers_a_move(world):
    far = (
        worlds.commune()
        .__class__.objects.on(DECEMBER)
        .communes()
        .filter(parent__code="594")
        .order_by("code")[0]
    )
    other = worlds.person("Hồ Thị Lành", born=date(1944, 9, 10), lives=far, national_id=PAPER["number"],
                          national_id_index=PAPER["number"])  # fmt: skip
    worlds.grant(other, "BTXH_5.5c", since=date(2024, 10, 1))
    page = said(post(world, "entry_check"))
    assert f"Số định danh này đang hưởng ở {far.name}" in page
    assert "H. T. Lành" in page
    assert "Hồ Thị Lành, sinh" not in page
    assert post(world, "entry").status_code == 422
    assert post(world, "entry_move", stopped_on="30112024").status_code == 302
    move = ChangeRequest.objects.get(kind="move")
    assert (move.person, move.state, move.asked["to"]) == (other, "submitted", worlds.commune().pk)
    assert not ChangeRequest.objects.filter(kind="new").exclude(state="withdrawn").exists()


def test_a_proposed_move_that_was_returned_is_corrected_by_the_place_that_proposed_it(world):
    far = Unit.objects.on(DECEMBER).communes().filter(parent__code="594").order_by("code")[0]
    other = worlds.person("Hồ Thị Lành", born=date(1944, 9, 10), lives=far, national_id=PAPER["number"],
                          national_id_index=PAPER["number"])  # fmt: skip
    worlds.grant(other, "BTXH_5.5c", since=date(2024, 10, 1))
    assert post(world, "entry_move", stopped_on="30112024").status_code == 302
    move = ChangeRequest.objects.get(kind="move")
    approver = world.officers["approver"]
    changes.return_with_reason(
        request_id=move.pk, version=move.version, by=approver, at=worlds.NOON, reason="Sai"
    )
    # The place that they would leave reads of it on the person's page, and decides nothing about it.
    leaving, asked = world.client("outsider"), reverse("change", args=[move.pk])
    assert asked in leaving.get(reverse("person", args=[other.pk])).content.decode()
    assert "Sai" in leaving.get(asked).content.decode()
    act = {"action": "withdraw", "version": move.version}
    assert leaving.post(reverse("change_act", args=[move.pk]), act).status_code == 403
    client, edit = world.client("commune_officer"), reverse("change_edit", args=[move.pk])
    assert edit in client.get(reverse("change", args=[move.pk])).content.decode()
    page = client.get(edit).content.decode()
    assert "Hồ Thị Lành" in page
    assert reverse("person", args=[other.pk]) not in page
    sent = {"client_key": move.client_key, "version": move.version, "action": "submit", "path": "application",
            "to": worlds.commune().pk, "stopped_on": "29/11/2024"}  # fmt: skip
    assert client.post(edit, sent).status_code == 302
    move.refresh_from_db()
    assert (move.state, move.asked["stopped_on"]) == ("submitted", "2024-11-29")
    assert leaving.get(edit).status_code == 403


def test_nobody_is_moved_whose_number_was_not_shown(world):
    assert post(world, "entry_move", stopped_on="30112024").status_code == 404


def test_somebody_alike_is_decided_by_a_person_before_it_is_submitted(world):
    other = worlds.person("Hồ Thị Lãnh", born=date(1944, 3, 3))
    assert "Có phải cùng một người?" in said(post(world, "entry_check"))
    assert post(world, "entry").status_code == 422
    refused = said(post(world, "entry_decide", other=other.pk))
    assert "Hãy ghi rõ căn cứ" in refused
    decided = said(
        post(world, "entry_decide", other=other.pk, **{f"why-{other.pk}": "Hai chị em họ, đã gặp cả hai"})
    )
    assert "Đã kết luận: hai người" in decided
    assert LikenessDecision.objects.get().decided_by == world.officers["commune_officer"]
    assert post(world, "entry", version=1).status_code == 302


def test_an_account_that_another_person_has_is_told(world):
    page = said(
        post(world, "entry_check", channel="bank", provider=worlds.AGRIBANK, account="1020304050", holder="X")
    )
    assert "Tài khoản này cũng là của người khác" in page


def test_what_is_missing_is_named_at_its_field(world):
    page = said(post(world, "entry", decision_number=""))
    assert "aria-invalid" in page
    assert ChangeRequest.objects.get().state == "draft"


def test_an_application_has_no_number_yet(world):
    assert post(world, "entry", path="application", decision_number="", decision_date="").status_code == 302
    made = ChangeRequest.objects.get()
    assert (made.state, made.path, made.decision_number) == ("submitted", "application", "")
    assert made.decide_by is not None


def test_scans_may_follow_with_a_deadline(world):
    assert post(world, "entry", scans_later="on").status_code == 302
    assert ChangeRequest.objects.get().scans_due > DECEMBER


def test_what_was_entered_is_approved_by_another_officer_and_paid_by_the_next_list(world):
    code = {
        "channel": "bank",
        "provider": worlds.AGRIBANK,
        "account": "1500205123456",
        "holder": "HO THI LANH",
    }
    assert post(world, "entry", **code).status_code == 302
    made = ChangeRequest.objects.get()
    approver = world.officers["approver"]
    opened = changes.open_request(request_id=made.pk, version=made.version, by=approver, at=worlds.NOON)
    changes.approve(request_id=made.pk, version=opened.version, by=approver, at=worlds.NOON)
    person = Person.objects.get(name="Hồ Thị Lành")
    assert person.national_id == PAPER["number"]
    assert Entitlement.objects.get(person=person).from_month == date(2024, 9, 1)
    worlds.run_round(DECEMBER)
    assert Payment.objects.get(person=person).amount == 2_000_000


def test_a_draft_of_another_area_does_not_exist_and_nobody_else_may_enter(world):
    post(world, "entry_save")
    assert world.client("outsider").get(reverse("entry", args=[KEY])).status_code == 404
    assert world.client("approver").get(reverse("entry_new")).status_code == 403
