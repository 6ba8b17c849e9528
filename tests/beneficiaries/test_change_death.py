"""A death in one request: the stop, the heirs, the funeral, three months' allowance (rules D01, E05, E13, N03, N04)."""

from __future__ import annotations

from datetime import date

import pytest

from beneficiaries.models import Entitlement, Payee
from beneficiaries.operations import changes
from beneficiaries.operations.changes import errors
from beneficiaries.operations.errors import DecisionRefused
from payments.models import Line
from tests import worlds
from tests.beneficiaries.change_world import AT, decided, submitted

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER = date(2024, 11, 1), date(2024, 12, 1)
HEIR = {"name": "Trần Văn Con", "document": "Giấy khai sinh 3"}


@pytest.fixture
def two(db):
    worlds.load_reference()
    return {"by": worlds.officer("xa"), "approver": worlds.officer("duyet")}


def death(**more: object) -> dict[str, object]:
    return {"died_on": "2024-11-20", "certificate": "Trích lục 9", "heir": HEIR} | more


def test_all_that_follows_from_a_contributor_s_death_is_paid_once(two):
    # 45 %: 2,923,000 in November is the last month; burial 10 × 2,340,000; lump sum 3 × 2,923,000 … by Decree 77/2024
    # the rate of 45 % is taken from the table below, so the lump sum is three times November's line.
    who = worlds.person("Trần Văn Công", born=date(1948, 3, 3))
    worlds.grant(who, "TB", since=NOVEMBER, injury_rate=45)
    worlds.run_round(NOVEMBER)
    decided("death", who, death(funeral=["NCC_MAITANG"], lump_sum=True), **two)
    worlds.run_round(DECEMBER)
    paid = {
        (line.entitlement.category_id, line.for_month): line.amount
        for line in Line.objects.select_related("entitlement")
    }
    monthly = paid.pop(("TB", NOVEMBER))
    assert paid == {("NCC_MAITANG", DECEMBER): 23_400_000, ("NCC_1L_3THANG", DECEMBER): 3 * monthly}
    ended = Entitlement.objects.get(category="TB")
    assert (ended.last_month, ended.end_reason) == (NOVEMBER, "died")
    assert Payee.objects.get().role == "heir"


def test_a_social_beneficiary_s_funeral_is_twenty_standard_levels(two):
    # Decree 20/2021 Art. 11(2) with 76/2024: 20 × 500,000.
    who = worlds.person()
    worlds.grant(who, "BTXH_5.5c", since=NOVEMBER)
    decided("death", who, death(funeral=["BTXH_11.2"]), **two)
    worlds.run_round(DECEMBER)
    assert dict(Line.objects.values_list("entitlement__category", "amount")) == {
        "BTXH_5.5c": 500_000, "BTXH_11.2": 10_000_000
    }  # fmt: skip


def test_three_months_go_only_to_the_heirs_of_a_contributor(two):
    who = worlds.person()
    worlds.grant(who, "BTXH_5.5c", since=NOVEMBER)
    with pytest.raises(errors.ChangeRefused):
        submitted("death", who, death(lump_sum=True), by=two["by"])


def test_trying_a_death_out_leaves_the_person_alive_and_its_request_can_be_approved(two):
    who = worlds.person()
    worlds.grant(who, "BTXH_5.5c", since=NOVEMBER)
    made = submitted("death", who, death(), by=two["by"])
    who.refresh_from_db()
    assert who.died_on is None
    assert made.found is not None
    assert made.found["died_on"] == ""
    changes.approve(request_id=made.pk, version=1, by=two["approver"], at=AT)
    who.refresh_from_db()
    assert who.died_on == date(2024, 11, 20)


def test_a_death_tomorrow_and_one_without_a_certificate_are_refused(two):
    who = worlds.person()
    for asked in (death(died_on="2024-12-03"), death(certificate="")):
        with pytest.raises(DecisionRefused):
            submitted("death", who, asked, by=two["by"])
