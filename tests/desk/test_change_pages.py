"""The pages of change requests: from a person's page to the decision, with papers, money and the transfer slip."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from areas.models import Unit
from beneficiaries.models import Attachment, ChangeRequest, Entitlement, Payee
from tests import desk_world, worlds
from tests.desk_world import World

pytestmark = pytest.mark.django_db
PDF, JPEG = b"%PDF-1.7 giay %%EOF", b"\xff\xd8\xff\xe0 anh \xff\xd9"


@pytest.fixture
def world(db, settings, tmp_path) -> World:
    settings.MEDIA_ROOT = tmp_path
    made = desk_world.build()
    worlds.run_round(desk_world.NOVEMBER)
    return made


def ask(world: World, kind: str, number: int = 0, action: str = "submit", **fields: object) -> ChangeRequest:
    person = world.people[number]
    decision = {"path": "signed", "decision_number": "9/QĐ", "decision_date": "01/12/2024", "action": action}
    answer = world.client("commune_officer").post(
        reverse("change_new", args=[person.pk, kind]), decision | fields
    )
    assert answer.status_code == 302, answer.content.decode()
    return ChangeRequest.objects.get(person=person, kind=kind)


def stop(world: World, number: int = 0, **fields: object) -> ChangeRequest:
    grant = Entitlement.objects.get(person=world.people[number])
    asked = {"entitlements": [grant.pk], "last_month": "11/2024", "why": "ineligible"}
    return ask(world, "stop", number, **(asked | fields))


def act(client: Client, made: ChangeRequest, action: str, **fields: str) -> str:
    url = reverse("change_act", args=[made.pk])
    answer = client.post(url, {"action": action, "version": made.version} | fields, follow=True)
    made.refresh_from_db()
    return answer.content.decode()


def test_a_person_s_page_offers_the_changes_to_who_may_ask_and_names_the_open_ones(world):
    made = stop(world)
    url = reverse("person", args=[world.people[0].pk])
    page = world.client("commune_officer").get(url).content.decode()
    assert reverse("change_new", args=[world.people[0].pk, "death"]) in page
    assert reverse("change", args=[made.pk]) in page
    assert "/changes/death/" not in world.client("accountant").get(url).content.decode()


def test_the_page_tells_old_and_new_and_what_the_next_list_pays(world):
    # 5(5)(c) is 1.0 × 500,000 a month; from the month after the last one nothing more.
    made = stop(world)
    page = world.client("approver").get(reverse("change", args=[made.pk])).content.decode()
    assert made.state == "submitted"
    assert "11/2024" in page
    assert "500.000" in page
    assert Entitlement.objects.get(person=world.people[0]).last_month is None


def test_an_unfinished_draft_is_kept_and_completed_later(world):
    made = ask(world, "stop", action="draft", entitlements=[], last_month="")
    grant = Entitlement.objects.get(person=world.people[0])
    answer = world.client("commune_officer").post(
        reverse("change_edit", args=[made.pk]),
        {"client_key": made.client_key, "version": made.version, "action": "submit", "path": "signed",
         "decision_number": "9/QĐ", "decision_date": "01/12/2024", "entitlements": [grant.pk],
         "last_month": "12/2024", "why": "waived"},
    )  # fmt: skip
    made.refresh_from_db()
    assert answer.status_code == 302
    assert (made.state, made.version, made.asked["why"]) == ("submitted", 2, "waived")


def test_a_returned_request_shows_the_reason_and_waits_on_the_first_page(world):
    made = stop(world)
    act(world.client("approver"), made, "return", reason="Thiếu giấy tờ")
    assert made.state == "returned"
    page = world.client("commune_officer").get(reverse("home")).content.decode()
    assert f"{reverse('changes')}?view=returned" in page
    assert (
        "Thiếu giấy tờ"
        in world.client("commune_officer").get(reverse("change", args=[made.pk])).content.decode()
    )


def test_the_approver_decides_and_an_old_page_is_refused(world):
    made = stop(world)
    assert "approve" in world.client("approver").get(reverse("change", args=[made.pk])).content.decode()
    old = ChangeRequest.objects.get(pk=made.pk)
    old.version = 7
    assert "đã sửa đề nghị này" in act(world.client("approver"), old, "approve")
    act(world.client("approver"), made, "approve")
    assert made.state == "approved"
    assert Entitlement.objects.get(person=world.people[0]).last_month == date(2024, 11, 1)


def test_many_are_approved_together_and_the_one_that_cannot_be_is_named(world):
    first, second = stop(world, 0), stop(world, 1)
    Entitlement.objects.filter(person=world.people[1]).update(last_month=date(2025, 5, 1))
    answer = world.client("approver").post(
        reverse("changes_approve"),
        {"request": [f"{one.pk}:{one.version}" for one in (first, second)]},
        follow=True,
    )
    page = answer.content.decode()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("approved", "submitted")
    assert world.people[1].name in page
    assert "Dữ liệu trong hồ sơ đã thay đổi" in page


def test_scans_are_told_by_their_content_and_served_only_to_who_may_see(world):
    made = stop(world, scans_later="on")
    client = world.client("commune_officer")
    url = reverse("change_attach", args=[made.pk])
    for name, content, kept in (
        ("a.pdf", PDF, 1), ("a.exe", JPEG, 2), ("b.pdf", b"MZ not a pdf", 2), ("c.pdf", b"%PDF-1.7 cut", 2),
        ("again.pdf", PDF, 2),
    ):  # fmt: skip
        client.post(url, {"scan": SimpleUploadedFile(name, content)})
        assert Attachment.objects.count() == kept, name
    file = Attachment.objects.get(kind="jpg")
    answer = world.client("approver").get(reverse("change_file", args=[file.pk]))
    assert b"".join(answer.streaming_content) == JPEG
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("attachment")
    assert world.client("outsider").get(reverse("change_file", args=[file.pk])).status_code == 404


def test_a_move_has_its_slip_with_the_months_of_either_place(world):
    # Stopped in a month to come, so that the person still lives here today.
    from_now = date(timezone.localdate().year + 1, 3, 10)
    new = Unit.objects.communes().filter(valid_to=None).order_by("code")[0]
    made = ask(world, "move", to=new.pk, stopped_on=f"{from_now:%d/%m/%Y}")
    slip = reverse("change_slip", args=[made.pk])
    assert world.client("approver").get(slip).status_code == 404
    act(world.client("approver"), made, "approve")
    page = world.client("approver").get(slip).content.decode()
    assert f"03/{from_now.year}" in page
    assert f"04/{from_now.year}" in page
    assert new.name in page


def test_a_death_begins_a_draft_for_the_survivor(world):
    fields = {"died_on": "20/11/2024", "certificate": "Trích lục 9", "survivor__name": "Lê Thị Vợ",
              "survivor__birth_date": "01/02/1950", "survivor__category": "TB_TUAT61"}  # fmt: skip
    made = ask(world, "death", **fields)
    part = ChangeRequest.objects.get(part_of=made)
    assert (made.state, part.state, part.kind, part.person) == ("submitted", "draft", "new", None)
    assert part.asked["linked_person"] == world.people[0].pk
    assert part.asked["person"]["name"] == "Lê Thị Vợ"


def test_a_right_to_collect_ends_at_once(world):
    person = world.people[0]
    payee = Payee.objects.create(
        person=person, role="authorised", name="Con", document="Giấy 1", valid_from=date(2024, 1, 1)
    )
    world.client("commune_officer").post(reverse("payee_revoke", args=[person.pk, payee.pk]))
    payee.refresh_from_db()
    assert payee.revoked_on is not None
    assert (
        "Chấm dứt ngay"
        not in world.client("commune_officer").get(reverse("person", args=[person.pk])).content.decode()
    )


@pytest.mark.parametrize("kind", ["change", "suspend", "resume", "stop", "move", "payout", "payee", "death"])
def test_every_kind_has_its_form_in_both_languages(world, kind):
    client = world.client("commune_officer")
    for language in ("vi", "en"):
        client.cookies["django_language"] = language
        assert client.get(reverse("change_new", args=[world.people[0].pk, kind])).status_code == 200


def test_an_account_that_another_person_has_is_told_to_who_decides_until_it_is_decided(world):
    fields = {
        "channel": "bank",
        "provider": worlds.AGRIBANK,
        "account": "5040 3020 10",
        "holder": "LE VAN DO",
    }
    made = ask(world, "payout", 3, **fields)
    client, page = world.client("approver"), reverse("change", args=[made.pk])
    told = client.get(page).content.decode()
    assert "Tài khoản này cũng là của người khác" in told
    assert reverse("person", args=[world.people[1].pk]) in told
    act(client, made, "refuse", reason="Tài khoản của người khác")
    assert "Tài khoản này cũng là của người khác" not in client.get(page).content.decode()


def test_the_person_s_own_account_at_another_bank_is_no_other_person_s(world):
    fields = {"channel": "bank", "provider": "970436", "account": "5040302010", "holder": "NGUYEN VAN AM"}
    made = ask(world, "payout", 1, **fields)
    page = world.client("approver").get(reverse("change", args=[made.pk])).content.decode()
    assert "cũng là của người khác" not in page
