"""Account-opening days: only who agreed is told to the bank, a file counts whole or not, a second officer approves."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from beneficiaries.models import Campaign, Candidate, Obstacle, Payee, PayoutMethod, Person
from beneficiaries.operations import campaigns, payees
from beneficiaries.operations.campaigns import CampaignRefused, Opened, Taken
from beneficiaries.operations.payouts import pay_through_post
from tests import worlds
from tests.beneficiaries.campaign_world import ACCOUNTS, FROM, Day, held
from tests.worlds import NOON

pytestmark = pytest.mark.django_db
VIETCOMBANK = "970436"


@pytest.fixture
def day() -> Day:
    worlds.load_reference()
    return held()


def states(day: Day) -> list[str]:
    return list(day.campaign.candidates.order_by("number").values_list("state", flat=True))


def test_who_agreed_is_sent_and_nobody_else(day):
    Candidate.objects.filter(person=day.people[1]).update(consented_on=None)
    sent = campaigns.send_list(campaign_id=day.campaign.pk, by=day.clerk, at=NOON)
    assert [one.person.name for one in sent] == ["Đặng Thị Ước", "Trần Thị Bưởi"]
    assert [one.reference for one in sent] == [f"TK{day.campaign.pk}-001", f"TK{day.campaign.pk}-003"]


def test_nobody_is_on_the_list_twice_and_who_chose_cash_is_left_in_peace(day):
    other = worlds.person("Hồ Văn Tiền Mặt")
    Obstacle.objects.create(person=other, reason="chooses_cash", noted_on=date(2024, 1, 5))
    again = [day.people[0].pk, other.pk]
    assert campaigns.invite(campaign_id=day.campaign.pk, people=again) == 0
    assert day.campaign.candidates.count() == 3


def test_an_agreeing_name_may_be_changed_over_and_a_differing_one_may_not(day):
    assert day.read(day.row(0), day.row(1, holder="NGUYEN VAN ANH")) == Taken(
        opened=1, differs=1, unchanged=0
    )
    assert states(day) == ["opened", "differs", "invited"]
    assert day.approve().done == 1
    now = PayoutMethod.objects.get(person=day.people[0], valid_to=None)
    assert (now.account, now.provider_id, now.valid_from) == (ACCOUNTS[0], worlds.AGRIBANK, FROM)
    assert now.verified_on == NOON.date()
    before = PayoutMethod.objects.get(person=day.people[0], channel="post")
    assert before.valid_to == date(2024, 12, 31)
    assert PayoutMethod.objects.filter(channel="bank").count() == 1
    assert states(day) == ["switched", "differs", "invited"]
    # The account is kept in one place only.
    assert day.candidate(0).account is None


def test_the_same_file_again_changes_nothing_before_and_after_the_change(day):
    rows = (day.row(0), day.row(1))
    day.read(*rows)
    assert day.read(*rows) == Taken(opened=0, differs=0, unchanged=2)
    day.approve()
    assert day.read(*rows) == Taken(opened=0, differs=0, unchanged=2)
    assert day.approve().done == 0
    assert PayoutMethod.objects.filter(channel="bank").count() == 2


def test_a_corrected_file_replaces_what_was_not_yet_approved(day):
    day.read(day.row(0, holder="NGUOI KHAC"))
    assert day.read(day.row(0, account="123456789012")) == Taken(opened=1, differs=0, unchanged=0)
    assert day.candidate(0).account == "123456789012"


@pytest.mark.parametrize(
    "bad",
    [
        lambda day: day.row(1, reference="TK0-001"),
        lambda day: day.row(1, reference=day.candidate(0).reference),
        lambda day: day.row(1, account=ACCOUNTS[0]),
        lambda day: day.row(1, account="5550001"),
    ],
    ids=["unknown reference", "reference twice", "account twice", "somebody else's account"],
)
def test_one_bad_row_refuses_the_whole_file_and_says_which(day, bad):
    worlds.account(worlds.person("Người Khác"), number="5550001")
    with pytest.raises(CampaignRefused) as refused:
        day.read(day.row(0), bad(day))
    assert len(refused.value.problems) == 1
    assert ACCOUNTS[0] not in refused.value.problems[0]
    assert states(day) == ["invited"] * 3


def test_a_number_of_another_bank_s_customer_is_another_account(day):
    worlds.account(worlds.person("Người Khác"), number=ACCOUNTS[0], provider=VIETCOMBANK)
    assert day.read(day.row(0)).opened == 1


def test_a_file_is_compared_with_accounts_in_use_in_as_many_queries_however_long(day):
    def queries(*rows: Opened) -> int:
        with CaptureQueriesContext(connection) as seen, pytest.raises(CampaignRefused):
            day.read(*rows)
        return len(seen)

    bad = day.row(0, reference="TK0-001")
    assert queries(bad, day.row(1)) == queries(bad, day.row(0), day.row(1), day.row(2))


def test_an_account_for_somebody_who_did_not_agree_is_refused(day):
    campaigns.take_off(campaign_id=day.campaign.pk, candidates=[day.candidate(2).pk], why="không muốn")
    with pytest.raises(CampaignRefused):
        day.read(day.row(2))


def test_who_prepared_cannot_approve(day):
    day.read(day.row(0))
    with pytest.raises(CampaignRefused):
        day.approve(by=day.clerk)
    assert states(day)[0] == "opened"


def test_nobody_who_sent_the_list_approves_it_also_after_another_has_sent_it_again(day):
    for by in (day.approver, worlds.officer("third"), worlds.officer("fourth")):
        campaigns.send_list(campaign_id=day.campaign.pk, by=by, at=NOON)
    registered(day)
    day.read(day.row(0, holder="HO THI CHAU"), day.row(1))
    for name in ("approver", "third", "fourth"):
        by = User.objects.get(username=name)
        with pytest.raises(CampaignRefused):
            accept(day, by=by)
        with pytest.raises(CampaignRefused):
            day.approve(by=by)
    assert day.approve(by=worlds.officer("another")).done == 1


def test_what_changed_since_it_was_looked_at_is_not_approved(day):
    day.read(day.row(0))
    seen = Campaign.objects.get(pk=day.campaign.pk).version
    day.read(day.row(1))
    with pytest.raises(CampaignRefused):
        campaigns.change_over(
            campaign_id=day.campaign.pk, version=seen, from_day=FROM, by=day.approver, at=NOON
        )
    assert PayoutMethod.objects.filter(channel="bank").count() == 0


def test_one_who_cannot_be_changed_over_is_named_and_stops_nobody(day):
    day.read(day.row(0), day.row(1), day.row(2))
    pay_through_post(person=day.people[0], pay_at="home", from_day=date(2025, 2, 1))
    day.people[1].died_on = date(2024, 11, 30)
    day.people[1].save()
    result = day.approve()
    assert (result.done, [name for name, _why in result.refused]) == (1, ["Đặng Thị Ước", "Nguyễn Văn Ẩm"])
    assert states(day) == ["opened", "opened", "switched"]
    assert day.candidate(1).why


def test_an_account_that_pays_somebody_else_meanwhile_is_not_changed_over_to(day):
    day.read(day.row(0), day.row(1))
    worlds.account(worlds.person("Người Khác"), number=ACCOUNTS[0])
    result = day.approve()
    assert (result.done, [name for name, _why in result.refused]) == (1, ["Đặng Thị Ước"])
    assert states(day) == ["opened", "switched", "invited"]
    assert PayoutMethod.objects.get(person=day.people[0]).channel == "post"


def test_the_reason_for_cash_ends_with_the_change(day):
    Obstacle.objects.create(person=day.people[0], reason="agrees", noted_on=date(2024, 12, 1))
    day.read(day.row(0))
    day.approve()
    assert Obstacle.objects.get(person=day.people[0]).resolved_on == FROM


def test_a_day_ends_only_when_nobody_waits_for_approval(day):
    day.read(day.row(0), day.row(1, holder="NGUOI KHAC"))
    with pytest.raises(CampaignRefused):
        campaigns.end_campaign(campaign_id=day.campaign.pk, by=day.clerk, at=NOON)
    day.approve()
    campaigns.end_campaign(campaign_id=day.campaign.pk, by=day.clerk, at=NOON)
    assert states(day) == ["switched", "left", "left"]
    # Who has no account by then is told to no bank any more: the consent was for this day.
    assert [day.candidate(number).consented_on is None for number in range(3)] == [False, True, True]
    with pytest.raises(CampaignRefused):
        day.read(day.row(2))


def accept(
    day: Day, number: int = 0, reason: str = "tài khoản của người giám hộ", by: User | None = None
) -> None:
    campaigns.accept_name(
        campaign_id=day.campaign.pk, candidate_id=day.candidate(number).pk, reason=reason, by=by or day.approver,
        at=NOON,
    )  # fmt: skip


def registered(day: Day, name: str = "Hồ Thị Cháu", **facts: Any) -> Payee:
    known = {
        "role": "authorised",
        "document": "GUQ 1",
        "valid_from": date(2024, 6, 1),
        "valid_to": date(2025, 5, 31),
    }
    return Payee.objects.create(person=day.people[0], name=name, **(known | facts))


def test_an_account_of_the_registered_payee_is_paid_once_accepted_with_a_reason(day):
    registered(day)
    day.read(day.row(0, holder="HO THI CHAU"))
    assert day.approve().done == 0
    accept(day)
    assert day.approve().done == 1
    assert PayoutMethod.objects.get(person=day.people[0], valid_to=None).holder == "HO THI CHAU"
    found = day.candidate(0)
    assert (found.accepted_by, found.accepted_why) == (day.approver, "tài khoản của người giám hộ")


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "Hồ Thị Khác"},
        {"valid_to": date(2024, 11, 30)},
        {"revoked_on": date(2024, 12, 1)},
        {"role": "heir"},
    ],
    ids=["somebody else", "ended", "revoked", "an heir of somebody living"],
)
def test_an_account_of_nobody_who_may_collect_is_never_accepted(day, facts):
    registered(day, **facts)
    day.read(day.row(0, holder="HO THI CHAU"))
    with pytest.raises(CampaignRefused):
        accept(day)
    assert states(day)[0] == "differs"


def test_a_name_corrected_meanwhile_is_accepted(day):
    day.read(day.row(0, holder="DANG THI UOT"))
    with pytest.raises(CampaignRefused):
        accept(day)
    Person.objects.filter(pk=day.people[0].pk).update(name="Đặng Thị Ướt")
    accept(day, reason="đã sửa theo căn cước")
    assert (states(day)[0], day.candidate(0).score) == ("opened", 100)


def test_a_name_is_accepted_by_nobody_who_prepared_and_not_without_a_reason(day):
    registered(day)
    day.read(day.row(0, holder="HO THI CHAU"))
    for bad in ({"by": day.clerk}, {"reason": "  "}):
        with pytest.raises(CampaignRefused):
            accept(day, **bad)
    assert states(day)[0] == "differs"


def test_an_authorisation_revoked_after_the_name_was_accepted_stops_the_change(day):
    payee = registered(day)
    day.read(day.row(0, holder="HO THI CHAU"))
    accept(day)
    payees.revoke(payee=payee, on=NOON.date())
    result = day.approve()
    assert (result.done, len(result.refused)) == (0, 1)
    assert PayoutMethod.objects.filter(channel="bank").count() == 0


def test_a_new_file_asks_about_the_name_anew(day):
    registered(day)
    day.read(day.row(0, holder="HO THI CHAU"))
    accept(day)
    day.read(day.row(0, holder="HO THI CHAU", account="123456789012"))
    assert (states(day)[0], day.candidate(0).accepted_by) == ("differs", None)


def test_nobody_is_paid_to_a_payee_s_account_once_the_right_is_revoked(day):
    payee = registered(day)
    day.read(day.row(0, holder="HO THI CHAU"), day.row(1))
    accept(day)
    assert day.approve().done == 2
    for other in (registered(day, name="Hồ Thị Khác", role="foster_carer"), payee):
        assert not PayoutMethod.objects.filter(failed_on__isnull=False).exists()
        payees.revoke(payee=other, on=NOON.date())
    left = PayoutMethod.objects.get(failed_on__isnull=False)
    assert (left.person, left.holder, left.failed_on) == (day.people[0], "HO THI CHAU", NOON.date())
