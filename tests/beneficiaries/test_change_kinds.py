"""What each kind of request does to the record once it is approved: the law's months and đồng by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from beneficiaries.collecting import may_collect
from beneficiaries.models import (
    Child,
    Entitlement,
    FactChange,
    Payee,
    PayeeRole,
    PayoutMethod,
    Person,
    Residence,
    Suspension,
    SuspensionGround,
)
from beneficiaries.operations import payees, suspensions
from beneficiaries.operations.changes import errors
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.grants import Decision
from beneficiaries.queries import collectors
from common.cccd import make_cccd
from tests import worlds
from tests.beneficiaries.change_world import SIGNED, decided, submitted

pytestmark = pytest.mark.django_db
OCTOBER, DECEMBER = date(2024, 10, 1), date(2024, 12, 1)
TODAY = date(2024, 12, 2)


@pytest.fixture
def two(db):
    """Who asks and who decides."""
    worlds.load_reference()
    return {"by": worlds.officer("xa"), "approver": worlds.officer("duyet")}


@pytest.fixture
def granted(two) -> Entitlement:
    return worlds.grant(worlds.person(), "BTXH_5.5c", since=OCTOBER)


def test_a_grant_by_the_head_keeps_each_child_with_its_dates(two):
    mother = worlds.person("Lê Thị Mẹ", born=date(1990, 1, 1))
    children = [
        {"name": "Lê Văn Con", "birth_date": "2015-03-02"},
        {"name": "Lê Thị Út", "birth_date": "2020-09-10", "studying_until": "2038-06-30"},
    ]
    decided("new", mother, {"category": "BTXH_5.4", "children": children}, **two)
    grant = Entitlement.objects.get()
    # Everything but 5(5) and disability is due from the month in which the decision is signed.
    assert (grant.category_id, grant.from_month) == ("BTXH_5.4", DECEMBER)
    assert list(Child.objects.order_by("birth_date").values_list("name", "studying_until")) == [
        ("Lê Văn Con", None),
        ("Lê Thị Út", date(2038, 6, 30)),
    ]


def test_a_carer_s_grant_names_whom_they_care_for(two):
    carer = worlds.person("Trần Văn Nuôi")
    with pytest.raises(errors.Incomplete) as refused:
        submitted("new", carer, {"category": "BTXH_20.1"}, by=two["by"])
    assert refused.value.field == "linked_person"


@pytest.mark.parametrize(
    ("category", "field"),
    [("TB", "injury_rate"), ("BTXH_5.4", "children"), ("NCC_1L_HDKC", "seniority_years")],
)
def test_a_grant_without_the_facts_its_rate_needs_is_not_submitted(two, category, field):
    with pytest.raises(errors.Incomplete) as refused:
        submitted("new", worlds.person(), {"category": category}, by=two["by"])
    assert refused.value.field == field


def test_a_newcomer_is_entered_with_home_account_and_payee(two):
    card = make_cccd("060", "male", 1950, 5)
    content = {
        "person": {"name": "Hồ Văn Mới", "birth_date": "1950-02-03", "sex": "male", "national_id": card,
                   "hamlet": "Khu phố 3"},
        "category": "TB", "injury_rate": 45,
        "payout": {"channel": "bank", "provider": worlds.AGRIBANK, "account": "1122334455", "holder": "HO VAN MOI"},
        "payee": {"role": "authorised", "name": "Hồ Thị Con", "document": "Giấy ủy quyền 7", "limit": 3_000_000},
    }  # fmt: skip
    made = decided("new", None, content, **two)
    person = made.person
    home, method, payee = Residence.objects.get(), PayoutMethod.objects.get(), Payee.objects.get()
    assert (person.name, person.national_id) == ("Hồ Văn Mới", card)
    assert (home.commune, home.hamlet, home.valid_from) == (worlds.commune(), "Khu phố 3", DECEMBER)
    assert (method.account, method.verified_on, method.valid_from) == ("1122334455", None, TODAY)
    # Without a term an authorisation ends after a year (Civil Code Art. 563).
    assert (payee.valid_to, payee.limit) == (date(2025, 12, 2), 3_000_000)


def test_the_same_person_is_not_entered_twice(two):
    card = make_cccd("060", "female", 1940, 5)
    worlds.person("Đã Có", national_id=card, national_id_index=card)
    content = {
        "person": {"name": "Trùng Số", "birth_date": "1940-05-20", "national_id": card},
        "category": "BTXH_5.5c",
    }
    with pytest.raises(DecisionRefused, match="CCCD"):
        submitted("new", None, content, by=two["by"])
    assert Person.objects.count() == 1


def test_a_change_of_payout_closes_one_row_and_opens_another(two):
    person = worlds.person()
    before = worlds.account(person)
    asked = {"channel": "bank", "provider": "970436", "account": "99887766", "holder": "DANG THI UOC"}
    decided("payout", person, asked, decision_number="", decision_date=None, path="application", **two)
    before.refresh_from_db()
    after = PayoutMethod.objects.get(valid_to=None)
    assert (before.account, before.valid_to) == ("1234567890", date(2024, 12, 1))
    assert (after.account, after.provider_id, after.valid_from) == ("99887766", "970436", TODAY)


def test_an_account_in_use_already_and_a_second_change_on_a_day_are_refused(two):
    person = worlds.person()
    worlds.account(person)
    same = {"channel": "bank", "provider": worlds.AGRIBANK, "account": "1234567890", "holder": "DANG THI UOC"}
    blank = {"decision_number": "", "decision_date": None, "path": "application"}
    with pytest.raises(DecisionRefused):
        submitted("payout", person, same, by=two["by"], **blank)
    other = worlds.person("Người Khác")
    worlds.account(other, number="5566778899")
    decided("payout", other, {"channel": "post", "pay_at": "home"}, **blank, **two)
    with pytest.raises(DecisionRefused):
        decided("payout", other, same, **blank, **two)


def test_an_authorisation_is_revoked_at_once_by_one_officer(two):
    person = worlds.person()
    asked = {"role": "authorised", "name": "Cháu Nội", "document": "Giấy 5", "until": "2025-06-30"}
    decided("payee", person, asked, **two)
    payee = Payee.objects.get()
    assert collectors(person=person, on=TODAY) == [payee]
    payees.revoke(payee=payee, on=TODAY)
    assert collectors(person=person, on=TODAY) == []
    assert collectors(person=person, on=date(2024, 12, 1)) == []
    with pytest.raises(DecisionRefused):
        payees.revoke(payee=payee, on=TODAY)


def test_who_was_appointed_by_mistake_is_revoked_and_another_appointed_on_the_same_day(two):
    person = worlds.person()
    facts: dict[str, Any] = {
        "person": person,
        "role": PayeeRole.AUTHORISED,
        "document": "Giấy 5",
        "from_day": TODAY,
    }
    wrong = payees.appoint(name="Cháu Nội", **facts)
    payees.revoke(payee=wrong, on=TODAY)
    right = payees.appoint(name="Cháu Ngoại", **facts)
    assert collectors(person=person, on=TODAY) == [right]


# Civil Code, Art. 563: a year where the paper names no end; Art. 147(2), 148: its first day is not counted, and it ends
# with the same day of the next year, or the next working day.
@pytest.mark.parametrize(
    ("since", "last"),
    [
        (date(2023, 12, 5), date(2024, 12, 5)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 12, 1), date(2024, 12, 2)),  # 1 December 2024 is a Sunday
        (date(2024, 1, 31), date(2025, 2, 3)),  # Tết, from 27 January to Sunday 2 February 2025
    ],
)
def test_an_authorisation_without_an_end_lasts_a_whole_year_also_from_a_month_s_last_days(two, since, last):
    made = payees.appoint(
        person=worlds.person(), role=PayeeRole.AUTHORISED, name="A", document="B", from_day=since
    )
    assert made.valid_to == last
    untold = Payee(role="authorised", name="A", document="B", valid_from=since)
    for on, may in ((last, True), (last + timedelta(days=1), False)):
        assert may_collect(made, died_on=None, on=on) is may
        assert may_collect(untold, died_on=None, on=on) is may


def test_a_revocation_does_not_bring_a_lapsed_authorisation_back():
    lapsed = Payee(role="authorised", name="A", valid_from=date(2023, 10, 1), revoked_on=TODAY)
    assert not may_collect(lapsed, died_on=None, on=date(2024, 10, 2))


def test_an_authorised_person_collects_no_more_than_the_limit():
    payee = Payee(role="authorised", name="A", valid_from=OCTOBER, limit=1_000_000)
    assert may_collect(payee, died_on=None, on=TODAY, amount=1_000_000)
    assert not may_collect(payee, died_on=None, on=TODAY, amount=1_000_001)


def test_an_authorised_person_shows_a_document_and_heirs_wait_for_a_death(two):
    person = worlds.person()
    for asked in ({"role": "authorised", "name": "A"}, {"role": "heir", "name": "A", "document": "B"}):
        with pytest.raises(DecisionRefused):
            submitted("payee", person, asked, by=two["by"], path="application")


def test_suspension_and_resumption_with_arrears(two, granted):
    asked = {"entitlements": [granted.pk], "from_month": "2024-12-01", "ground": "remand"}
    decided("suspend", granted.person, asked, **two)
    suspension = Suspension.objects.get()
    asked = {"suspensions": [suspension.pk], "from_month": "2025-02-01", "arrears": True}
    decided("resume", granted.person, asked, **two)
    suspension.refresh_from_db()
    assert (suspension.from_month, suspension.until_month, suspension.arrears) == (
        DECEMBER, date(2025, 1, 1), True
    )  # fmt: skip
    assert suspension.resumed_by_decision == SIGNED.number


# Circular 02/2021 Art. 2(1)(đ). Three months from 30 August 2024 end on Saturday 30 November, so with Monday the 2nd of
# December; from 29 August on Friday 29 November. The decision to end is signed on 2 December.
@pytest.mark.parametrize(("suspended_on", "ends"), [(date(2024, 8, 30), False), (date(2024, 8, 29), True)])
def test_a_benefit_is_stopped_for_a_refused_assessment_once_three_months_are_over(two, suspended_on, ends):
    grant = worlds.grant(worlds.person(born=date(1990, 1, 1)), "BTXH_5.6_N", since=date(2024, 7, 1))
    suspensions.suspend(
        entitlement=grant, from_month=date(2024, 9, 1), ground=SuspensionGround.REFUSED_ASSESSMENT,
        decision=Decision("9/QĐ-UBND", suspended_on, "Nguyễn Văn Chủ"),
    )  # fmt: skip
    asked = {"entitlements": [grant.pk], "last_month": "2024-12-01", "why": "refused"}
    if ends:
        decided("stop", grant.person, asked, **two)
    else:
        with pytest.raises(DecisionRefused, match="02/12/2024"):
            decided("stop", grant.person, asked, **two)
    grant.refresh_from_db()
    assert (grant.last_month, grant.end_reason) == ((DECEMBER, "refused") if ends else (None, ""))


def test_nobody_is_stopped_for_an_assessment_that_nobody_refused(two, granted):
    asked = {"entitlements": [granted.pk], "last_month": "2024-12-01", "why": "refused"}
    with pytest.raises(DecisionRefused):
        decided("stop", granted.person, asked, **two)


def test_nobody_changes_the_benefit_of_another_through_a_request(two, granted):
    other = worlds.person("Người Khác")
    for kind, asked in (
        ("stop", {"entitlements": [granted.pk], "last_month": "2024-12-01", "why": "waived"}),
        ("suspend", {"entitlements": [granted.pk], "from_month": "2024-12-01", "ground": "remand"}),
        ("change", {"entitlement": granted.pk, "from_month": "2024-12-01", "heads": 2}),
    ):
        with pytest.raises(errors.Incomplete):
            submitted(kind, other, asked, by=two["by"])


def test_a_move_ends_one_home_and_begins_the_next_with_the_month_after_the_stop(two):
    # Decree 20/2021 Art. 8(4)(d): stopped on 10 December, the new place pays from January.
    person = worlds.person()
    to = worlds.commune("22915")
    decided("move", person, {"to": to.pk, "stopped_on": "2024-12-10", "hamlet": "Thôn 2"}, **two)
    old, new = Residence.objects.order_by("valid_from")
    assert (old.valid_to, new.commune, new.valid_from) == (date(2024, 12, 31), to, date(2025, 1, 1))


def test_facts_are_corrected_and_the_rest_stays(two):
    person = worlds.person(phone="0912")
    asked = {"person": {"name": "Đặng Thị Ước Mơ", "birth_date": "1941-05-20", "hamlet": "Khu phố 9"}}
    blank = {"decision_number": "", "decision_date": None, "path": "application"}
    decided("change", person, asked, **blank, **two)
    person.refresh_from_db()
    assert (person.name, person.name_folded, person.birth_date, person.phone) == (
        "Đặng Thị Ước Mơ", "dang thi uoc mo", date(1941, 5, 20), "0912"
    )  # fmt: skip
    assert Residence.objects.get().hamlet == "Khu phố 9"


def test_a_changed_injury_rate_takes_a_decision(two):
    grant = worlds.grant(worlds.person(), "TB", since=OCTOBER, injury_rate=45)
    asked = {"entitlement": grant.pk, "from_month": "2024-12-01", "injury_rate": 51}
    blank = {"decision_number": "", "decision_date": None}
    with pytest.raises(errors.Incomplete) as refused:
        submitted("change", grant.person, asked, by=two["by"], **blank)
    assert refused.value.field == "decision_number"
    other = worlds.grant(worlds.person("Người Khác"), "TB", since=OCTOBER, injury_rate=45)
    made = decided("change", other.person, asked | {"entitlement": other.pk}, **two)
    assert made.found == {"injury_rate": 45}
    assert FactChange.objects.get().injury_rate == 51
