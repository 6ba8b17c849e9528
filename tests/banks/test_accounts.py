"""Whose an account is: names compared with tolerance, answers that verify, reports that mark or wait."""

from datetime import date

import pytest
from django.utils import timezone

from banks.models import AccountReport, Inquiry
from banks.operations.accounts import ask_about_accounts, decide_report
from banks.operations.errors import BanksError
from beneficiaries.models import Candidate, Obstacle, Payee, PayoutMethod
from beneficiaries.operations import campaigns
from beneficiaries.operations.campaigns import CampaignRefused
from common.cccd import make_cccd
from common.names import SAME, likeness
from tests import worlds
from tests.banks.bank_world import AGRIBANK, NOW, VIETCOMBANK
from tests.beneficiaries import campaign_world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("ours", "theirs", "score"),
    [
        ("Đặng Thị Ước", "DANG THI UOC", 100),
        ("Đặng Thị Ước", "DANGTHIUOC", 100),
        ("H' Wen Niê", "H WEN NIE", 100),
        ("Nguyễn Văn Ẩm", "AM NGUYEN VAN", 95),
        ("Công Tằng Tôn Nữ Thị Ngọc Trai", "CONG TANG TON NU THI", 90),
    ],
)
def test_a_name_is_the_same_however_a_bank_writes_it(ours, theirs, score):
    assert likeness(ours, theirs) == score


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Nguyễn Văn An", "NGUYEN VAN ANH"),
        ("Trần Thị Bưởi", "TRAN THI BUOI B"),
        ("Lê Văn Đỗ", ""),
        ("Lê Văn Đỗ", "LE VAN"),
    ],
)
def test_another_person_s_name_is_never_the_same(ours, theirs):
    assert likeness(ours, theirs) < SAME


def ask(world):
    PayoutMethod.objects.filter(provider=AGRIBANK).update(verified_on=None)
    ask_about_accounts(provider=AGRIBANK, at=NOW)
    return world.get("/account-inquiries?state=waiting").json()["items"]


def test_an_account_is_asked_about_once_and_only_at_its_own_bank(world):
    assert [item["account"] for item in ask(world)] == [f"10203040{number}0" for number in range(5)]
    assert ask_about_accounts(provider=AGRIBANK, at=NOW) == 0
    assert world.get("/account-inquiries", bank=VIETCOMBANK).json()["items"] == []


def test_an_agreeing_name_verifies_the_account_and_shows_its_score(world):
    inquiry = ask(world)[0]
    answer = world.post(f"/account-inquiries/{inquiry['id']}", {"exists": True, "holder": "DANG THI UOC"})
    assert (answer.json()["state"], answer.json()["score"]) == ("matched", 100)
    assert PayoutMethod.objects.get(person=world.people[0]).verified_on == timezone.localdate()
    again = world.post(f"/account-inquiries/{inquiry['id']}", {"exists": True, "holder": "DANG THI UOC"})
    assert again.json() == answer.json()
    other = world.post(f"/account-inquiries/{inquiry['id']}", {"exists": True, "holder": "AI DO"})
    assert other.status_code == 409


@pytest.mark.parametrize(
    ("body", "state"),
    [({"exists": True, "holder": "DANG THI UOCH"}, "differs"), ({"exists": False}, "unknown")],
)
def test_another_name_or_no_account_leaves_it_unverified(world, body, state):
    inquiry = ask(world)[0]
    assert world.post(f"/account-inquiries/{inquiry['id']}", body).json()["state"] == state
    assert PayoutMethod.objects.get(person=world.people[0]).verified_on is None


def test_an_answer_without_the_holder_is_refused(world):
    inquiry = ask(world)[0]
    answer = world.post(f"/account-inquiries/{inquiry['id']}", {"exists": True})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/holder")


def say(world, kind, account="1020304000", bank=AGRIBANK, **facts):
    body = {"kind": kind, "account": account, "on": "2024-12-02", **facts}
    return world.post("/account-reports", body, bank=bank)


def test_a_closed_account_is_marked_at_once_and_once(world):
    assert say(world, "closed").status_code == 202
    say(world, "closed")
    assert PayoutMethod.objects.get(person=world.people[0]).failed_on == date(2024, 12, 2)
    assert AccountReport.objects.get().state == "taken"


def test_a_bank_cannot_close_another_bank_s_account_nor_learn_whether_it_is_known(world):
    theirs = say(world, "closed", bank=VIETCOMBANK)
    nobody = say(world, "closed", "9999999999", bank=VIETCOMBANK)
    assert theirs.json() == nobody.json() == {"state": "accepted"}
    assert PayoutMethod.objects.get(person=world.people[0]).failed_on is None


def test_a_new_name_waits_for_an_officer_who_may_stop_paying_there(world):
    say(world, "renamed", holder="NGUYEN THI KHAC")
    report = AccountReport.objects.get()
    assert (report.state, report.person) == ("waiting", world.people[0])
    decide_report(report_id=report.pk, take=False, by=world.officers["tinh"], at=timezone.now())
    assert PayoutMethod.objects.get(person=world.people[0]).failed_on == timezone.localdate()


def at_the_post():
    """A beneficiary in cash with a card number, and the reason why."""
    number = make_cccd("060", "female", 1940, 1)
    person = worlds.person("Hồ Thị Mới", national_id=number, national_id_index=number)
    PayoutMethod.objects.create(
        person=person, channel="post", provider_id="POST", pay_at="point", valid_from=date(2020, 1, 1)
    )
    Obstacle.objects.create(person=person, reason="not_asked", noted_on=date(2024, 1, 1))
    return person, number


def test_an_account_opened_at_a_campaign_pays_nobody_before_an_officer_has_taken_it_over(world):
    person, number = at_the_post()
    say(world, "opened", "5550001112", holder="HO THI MOI", national_id=number)
    report = AccountReport.objects.get()
    assert (report.state, report.person, report.score) == ("waiting", person, 100)
    assert PayoutMethod.objects.get(person=person).channel == "post"
    decide_report(report_id=report.pk, take=True, by=world.officers["tinh"], at=timezone.now())
    now = PayoutMethod.objects.get(person=person, valid_to__isnull=True)
    assert (now.account, now.provider_id, now.verified_on) == ("5550001112", AGRIBANK, timezone.localdate())
    assert Obstacle.objects.get(person=person).resolved_on == timezone.localdate()
    with pytest.raises(BanksError):
        decide_report(report_id=report.pk, take=True, by=world.officers["tinh"], at=timezone.now())


def test_an_account_opened_for_a_stranger_is_kept_without_a_person(world):
    say(world, "opened", "5550001112", holder="AI DO", national_id="060040999999")
    assert AccountReport.objects.get().state == "unrelated"
    assert Inquiry.objects.count() == 0


def test_an_account_opened_by_another_s_name_is_not_taken_over(world):
    person, number = at_the_post()
    say(world, "opened", "5550001112", holder="HO THI CHAU", national_id=number)
    report = AccountReport.objects.get()
    with pytest.raises(BanksError):
        decide_report(report_id=report.pk, take=True, by=world.officers["tinh"], at=timezone.now())
    Payee.objects.create(
        person=person,
        role="authorised",
        name="Hồ Thị Cháu",
        document="GUQ 1",
        valid_from=timezone.localdate(),
    )
    decide_report(report_id=report.pk, take=True, by=world.officers["tinh"], at=timezone.now())
    assert PayoutMethod.objects.get(person=person, valid_to=None).holder == "HO THI CHAU"


@pytest.fixture
def day(world):
    """An account-opening day of three people on the Post, whose numbers the bank was told."""
    found = campaign_world.held()
    for number, person in enumerate(found.people, start=30):
        person.national_id = person.national_id_index = make_cccd("060", "female", 1940, number)
        person.save()
    return found


def opened(world, day, number=0, bank=AGRIBANK, **facts):
    said = {"account": campaign_world.ACCOUNTS[number], "holder": campaign_world.HOLDERS[number]} | facts
    return say(world, "opened", bank=bank, national_id=day.people[number].national_id, **said)


def test_an_account_reported_ticks_the_row_of_its_account_opening_day(world, day):
    opened(world, day)
    opened(world, day, 1, holder="NGUYEN VAN ANH")
    assert [day.candidate(number).state for number in range(3)] == ["opened", "differs", "invited"]
    assert day.candidate(0).read_by is None
    assert set(AccountReport.objects.values_list("state", flat=True)) == {"taken"}
    # Nobody is paid there before a second officer approves, and who made the list cannot.
    assert not PayoutMethod.objects.filter(person=day.people[0], channel="bank").exists()
    with pytest.raises(CampaignRefused):
        day.approve(by=day.clerk)
    assert day.approve().done == 1
    opened(world, day)
    assert day.candidate(0).state == "switched"


@pytest.mark.parametrize("why", ["no consent", "ended", "another bank", "account known"])
def test_a_report_that_a_day_s_list_does_not_take_waits_for_an_officer(world, day, why):
    if why == "no consent":
        Candidate.objects.update(consented_on=None)
    elif why == "ended":
        campaigns.end_campaign(campaign_id=day.campaign.pk, by=day.clerk, at=NOW)
    bank = VIETCOMBANK if why == "another bank" else AGRIBANK
    facts = {"account": "1020304000"} if why == "account known" else {}
    before = list(Candidate.objects.order_by("pk").values_list("state", "account"))
    opened(world, day, bank=bank, **facts)
    assert AccountReport.objects.get().state == "waiting"
    assert list(Candidate.objects.order_by("pk").values_list("state", "account")) == before
