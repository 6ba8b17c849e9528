"""Rules A01, D01, G04, H01 and P, lists and who collects: the đồng by hand, SQL and oracle side by side."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.access import Reader
from accounts.models import RoleName
from areas.models import Unit
from beneficiaries.models import Payee, PayeeRole
from beneficiaries.operations import grants, people
from beneficiaries.queries import collectors
from payments.models import Batch, Line, Payment
from payments.queries.explain import explain
from tests import worlds
from tests.benefits.facts import Change, month
from tests.benefits.mirror import day
from tests.benefits.side_by_side import DEC, SIGNED, Both, grant, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

JAN, FEB, MAR = month(2025, 1), month(2025, 2), month(2025, 3)


def test_A01_arrears_of_a_raised_injury_rate_are_paid_once_with_the_next_month():
    # Circular 44/2022 Art. 15(2)(a): 22 % from December, decided in January: 2 × (1,969,000 − 1,878,000).
    who = person()
    one = grant(who, "TB", injury=21)
    both = Both(who)
    both.pays(DEC), both.pays(JAN)
    grants.change_facts(entitlement=both.row(one), from_month=day(DEC), injury_rate=22, decision=SIGNED)
    one.changes.append(Change(DEC, injury=22))
    assert both.pays(FEB) == {"TB 2024-12": 91_000, "TB 2025-01": 91_000, "TB 2025-02": 1_969_000}
    assert both.pays(MAR) == {"TB 2025-03": 1_969_000}


def test_D01_the_month_of_death_goes_to_the_post_for_the_heirs_and_never_to_the_account():
    # Decree 20/2021 Art. 8(2): died 3 December; December's 500,000 is payable on documents.
    who = person(died=date(2024, 12, 3))
    grant(who, "BTXH_5.5c")
    both = Both(who)
    row = both.row(who)
    worlds.account(row)
    heir = Payee.objects.create(
        person=row, role=PayeeRole.HEIR, name="Lê Văn Con", document="Giấy khai sinh", valid_from=who.died
    )
    Payee.objects.create(person=row, role=PayeeRole.HEIR, name="Không giấy tờ", valid_from=who.died)
    assert both.pays(DEC) == {"BTXH_5.5c 2024-12": 500_000}
    assert Batch.objects.get().provider_id == "POST"
    assert collectors(person=row, on=date(2024, 12, 20)) == [heir]
    assert both.pays(JAN) == {}


def test_G04_an_authorisation_without_a_term_lapses_after_a_year_and_at_death():
    # Civil Code Art. 563 and 140.
    both = Both(person())
    row = both.row(both.people[0])
    roles = {
        PayeeRole.AUTHORISED: date(2024, 1, 15),
        PayeeRole.GUARDIAN: date(2020, 1, 1),
        PayeeRole.HEIR: date(2024, 1, 1),
    }
    for role, since in roles.items():
        Payee.objects.create(person=row, role=role, name=role.label, document="Số 1", valid_from=since)

    def who(on: date) -> list[str]:
        return [payee.role for payee in collectors(person=row, on=on)]

    assert who(date(2025, 1, 15)) == ["authorised", "guardian"]
    assert who(date(2025, 1, 16)) == ["guardian"]
    row.died_on = date(2024, 6, 1)
    assert who(date(2024, 6, 1)) == ["heir"]


def test_H01_hiv_is_told_to_the_deciding_officers_of_the_place_only():
    # Law 64/2006: 5(8) beside 5(4): whoever else reads sees social protection, in dues, lines and words.
    who = person(date(1980, 1, 1))
    grant(who, "BTXH_5.8")
    both = Both(who)
    assert both.pays(DEC) == {"BTXH_5.8 2024-12": 750_000}
    every_unit = frozenset(Unit.objects.values_list("pk", flat=True))
    seen = {}
    for role in (RoleName.AUDITOR, RoleName.PREPARER):
        reader = Reader(user_id=1, grants=((role, every_unit),))
        told = explain(person=both.row(who), month=day(DEC), on=date(2024, 12, 1), reader=reader)
        seen[role] = " ".join(
            [d.category + d.name + d.article + d.words for d in told.dues]
            + [x.category + x.name for x in told.lines]
        )
    assert "HIV" not in seen[RoleName.AUDITOR]
    assert "5.8" not in seen[RoleName.AUDITOR]
    assert "BTXH_5.8" in seen[RoleName.PREPARER]


def test_P03_the_list_tells_this_month_arrears_one_offs_and_what_was_unpaid_before():
    # Decree 20/2021 Art. 34(4): December uncollected, a new grant from December, serious injury support 10 × 500,000.
    who = person(date(1990, 1, 1))
    grant(who, "BTXH_5.6_N")
    both = Both(who)
    both.pays(DEC)
    both.unclaimed()
    parent = grant(who, "BTXH_5.4", DEC, heads=1)
    injury = grant(who, "BTXH_13.1", JAN)
    both.mirror.add_grants([parent, injury])
    assert both.pays(JAN) == {
        "BTXH_5.6_N 2024-12": 750_000,
        "BTXH_5.6_N 2025-01": 750_000,
        "BTXH_5.4 2024-12": 500_000,
        "BTXH_5.4 2025-01": 500_000,
        "BTXH_13.1 2025-01": 5_000_000,
    }
    kinds = Line.objects.filter(payment=Payment.objects.order_by("-pk").first())
    assert sorted(kinds.values_list("entitlement__category", "kind")) == [
        ("BTXH_13.1", "one_off"),
        ("BTXH_5.4", "arrears"),
        ("BTXH_5.4", "regular"),
        ("BTXH_5.6_N", "carried"),
        ("BTXH_5.6_N", "regular"),
    ]


def test_P08_two_months_are_paid_together_near_tet():
    # Circular 44/2022 Art. 8(3): January and February 2025, 1,878,000 each, and nothing more in March's list.
    who = person()
    grant(who, "TB", injury=21, first=JAN)
    both = Both(who)
    assert both.pays(JAN, FEB) == {"TB 2025-01": 1_878_000, "TB 2025-02": 1_878_000}
    assert both.pays(MAR) == {"TB 2025-03": 1_878_000}


def test_P13_a_death_in_the_first_of_tets_two_months_makes_the_second_recoverable():
    # Died 20 January 2025 with January and February paid: 500,000 too much, nothing netted.
    who = person()
    grant(who, "BTXH_5.5c", JAN)
    both = Both(who)
    both.pays(JAN, FEB)
    people.record_death(person=both.row(who), died_on=date(2025, 1, 20))
    who.died = date(2025, 1, 20)
    assert both.pays(MAR) == {}
    assert both.overpaid() == {"BTXH_5.5c 2025-02": 500_000}


def test_P12_a_decree_in_force_after_the_list_date_is_paid_as_a_difference():
    # List of 20 June 2024 for July: 360,000; Decree 76/2024 in force on 1 July: 140,000 more in August.
    who = person()
    grant(who, "BTXH_5.5c", month(2024, 7))
    both = Both(who)
    assert both.pays(month(2024, 7)) == {"BTXH_5.5c 2024-07": 360_000}
    assert both.pays(month(2024, 8)) == {"BTXH_5.5c 2024-07": 140_000, "BTXH_5.5c 2024-08": 500_000}


def test_P12_a_benefit_that_is_not_law_on_the_list_date_follows_as_arrears():
    # Decree 176/2025 in force on 1 July 2025, the list of July closed on 20 June.
    who = person()
    grant(who, "HTXH_75", month(2025, 7))
    both = Both(who)
    assert both.pays(month(2025, 7)) == {}
    assert both.pays(month(2025, 8)) == {"HTXH_75 2025-07": 500_000, "HTXH_75 2025-08": 500_000}
