"""What cannot be taken back waits for the code; then the same form goes on, and for ten minutes without a code."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import totp
from accounts.models import SecondFactor
from accounts.operations import second_factor
from audit.models import Entry, EntryKind
from tests import desk_world, worlds
from tests.desk_world import DECEMBER, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db) -> World:
    made = desk_world.build()
    worlds.run_round(DECEMBER)
    desk_world.bring(made.batch(), "submitted", made)
    for user in made.officers.values():
        SecondFactor.objects.create(user=user, secret=totp.new_secret(), since=worlds.NOON)
    return made


def code_of(world: World, who: str) -> str:
    secret = SecondFactor.objects.get(user=world.officers[who]).secret
    return totp.code_at(secret, totp.step_of(timezone.now()))


def approve(world: World, client: Client, **more: str):
    batch = world.batch()
    fields = {"action": "approve", "count": str(batch.count), "amount": str(batch.amount)}
    return client.post(f"/batches/{batch.pk}/act/", fields | more)


def test_approving_waits_for_the_code_and_then_goes_on_with_the_same_form(world, settings):
    settings.DEMO = False
    client = world.client("approver", proved=False)
    page = approve(world, client)
    assert (page.status_code, world.batch().state) == (200, "submitted")
    text = page.content.decode()
    assert f'name="amount" value="{world.batch().amount}"' in text
    assert 'name="action" value="approve"' in text
    assert code_of(world, "approver") not in text
    wrong = approve(world, client, second_factor_code="nothing").content.decode()
    assert "Mã không đúng" in wrong
    assert world.batch().state == "submitted"
    done = approve(world, client, second_factor_code=code_of(world, "approver"))
    assert (done.status_code, world.batch().state) == (302, "approved")


def test_in_the_demonstration_the_page_plays_the_telephone(world, settings):
    settings.DEMO = True
    page = approve(world, world.client("approver", proved=False)).content.decode()
    assert code_of(world, "approver") in page


def test_the_code_is_good_for_ten_minutes_of_its_session_and_for_no_other(world):
    client = world.client("approver", proved=False)
    begun = timezone.now()
    with time_machine.travel(begun, tick=False):
        client.post(
            f"/people/{world.people[0].pk}/numbers/",
            {"number": "national_id", "reason": "a", "second_factor_code": code_of(world, "approver")},
        )
        assert "step_up.html" in approve(world, world.client("approver", proved=False)).templates[0].name
    with time_machine.travel(begun + timedelta(minutes=10), tick=False):
        assert "step_up.html" in approve(world, client).templates[0].name
    with time_machine.travel(begun + timedelta(minutes=9, seconds=59), tick=False):
        assert approve(world, client).status_code == 302


def test_without_an_authenticator_one_is_led_to_set_it_up(world):
    SecondFactor.objects.filter(user=world.officers["approver"]).update(secret=None)
    page = approve(world, world.client("approver", proved=False)).content.decode()
    assert "/account/second-factor/" in page
    assert world.batch().state == "submitted"


def test_an_authenticator_is_set_up_on_its_page_with_a_picture_drawn_here(world, settings):
    settings.DEMO = False
    user = world.officers["accountant"]
    SecondFactor.objects.filter(user=user).update(secret=None)
    user.set_password("một mật khẩu đủ dài")
    user.save()
    client = world.client("accountant", proved=False)
    refused = client.post("/account/second-factor/", {"action": "begin"}, follow=True).content.decode()
    assert "mã thiết lập" in refused
    given = second_factor.invite(user=user)
    client.post("/account/second-factor/", {"action": "begin"})
    page = client.get("/account/second-factor/").content.decode()
    secret = SecondFactor.objects.get(user=user).pending
    assert "<svg" in page
    assert secret[:4] in page
    fields = {"action": "prove", "code": totp.code_at(secret, totp.step_of(timezone.now()))}
    fields["invitation"] = given
    assert "không đúng" in client.post("/account/second-factor/", fields | {"password": "x"}).content.decode()
    done = client.post("/account/second-factor/", fields | {"password": "một mật khẩu đủ dài"})
    assert done.content.decode().count("<li><code>") == 10
    again = client.get("/account/second-factor/").content.decode()
    assert "<code>" not in again


def test_a_file_cannot_be_carried_along_so_its_form_asks_before_it_is_filled_in(world):
    client = world.client("administrator", proved=False)
    assert "step_up.html" in client.get("/law/propose/").templates[0].name
    fields = {"second_factor_then_again": "1", "second_factor_code": code_of(world, "administrator")}
    answer = client.post("/law/propose/", fields)
    assert (answer.status_code, answer["Location"]) == (302, "/law/propose/")
    assert client.get("/law/propose/").templates[0].name == "payments/law_propose.html"


def test_a_number_is_shown_whole_for_a_reason_that_is_recorded_with_who_looked(world):
    person, client = world.people[0], world.client("approver")
    address = f"/people/{person.pk}/numbers/"
    assert person.national_id not in client.get(address).content.decode()
    assert person.national_id not in client.post(address, {"number": "national_id"}).content.decode()
    assert not Entry.objects.filter(kind=EntryKind.LOOK).exists()
    shown = client.post(address, {"number": "national_id", "reason": "Đối chiếu thẻ"}).content.decode()
    assert person.national_id in shown
    look = Entry.objects.get(kind=EntryKind.LOOK)
    assert (look.officer_id, look.person_id) == (world.officers["approver"].pk, person.pk)
    assert look.new == {"column": "national_id", "reason": "Đối chiếu thẻ"}
    account = person.payout_methods.get(account__isnull=False)
    shown = client.post(
        address, {"number": f"account-{account.pk}", "reason": "Ngân hàng hỏi"}
    ).content.decode()
    assert "1020304050" in shown
    assert person.national_id not in client.get(address).content.decode()
