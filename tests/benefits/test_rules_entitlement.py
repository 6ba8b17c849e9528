"""Rules E01 to E13, one case each at least: the đồng by hand from the law, the SQL and the oracle beside each other."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from accounts.access import province_reader
from beneficiaries.models import Entitlement
from beneficiaries.operations import grants, people
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.grants import Decision
from benefits.models import Category
from payments.models import Payment
from payments.operations import conversion
from payments.queries.explain import explain
from payments.queries.ledger import check_ledger
from tests import worlds
from tests.benefits import oracle
from tests.benefits.mirror import day
from tests.benefits.oracle import Change, Child, Grant, Suspension, month
from tests.benefits.side_by_side import DEC, Both, grant, person

pytestmark = pytest.mark.django_db

NOV = month(2024, 11)
LAW_OF_JULY = date(2025, 7, 1)
SIGNED = Decision("12/QĐ-UBND", date(2024, 12, 10), "Chủ tịch UBND xã")


@pytest.fixture(autouse=True)
def reference(db):
    worlds.load_reference()


def granted(both: Both, who, category: str, **facts) -> Entitlement:
    return grants.grant(
        person=both.row(who), category=Category.objects.get(pk=category), decision=SIGNED, **facts
    )


def test_E01_the_allowance_of_80_starts_with_the_birthdays_month_whenever_it_is_decided():
    # Decree 20/2021 Art. 8(1)(đ): from reaching 80, 5 September 2024; decided 10 December. Four months of 500,000.
    who = person(date(1944, 9, 5))
    both = Both(who)
    row = granted(both, who, "BTXH_5.5c")
    start = oracle.start("BTXH_5.5c", signed=SIGNED.signed_on, born=who.born)
    assert oracle.month_of(row.from_month) == start == month(2024, 9)
    both.follow(row, Grant(who, "BTXH_5.5c", start, start))
    assert both.pays(DEC) == {f"BTXH_5.5c 2024-{m:02d}": 500_000 for m in (9, 10, 11, 12)}


def test_E02_a_disabled_persons_allowance_starts_with_the_month_of_the_certificate():
    # Art. 8(1)(đ): certificate of 30 October, decided in December. Severe, adult: 1.5 × 500,000, three months.
    who = person(date(1990, 1, 1))
    both = Both(who)
    row = granted(both, who, "BTXH_5.6_N", certificate_on=date(2024, 10, 30))
    start = oracle.start("BTXH_5.6_N", signed=SIGNED.signed_on, certificate=date(2024, 10, 30))
    both.follow(row, Grant(who, "BTXH_5.6_N", start, start))
    assert both.pays(DEC) == {f"BTXH_5.6_N 2024-{m}": 750_000 for m in (10, 11, 12)}
    with pytest.raises(DecisionRefused):
        granted(both, who, "BTXH_5.6_DBN")


def test_E03_every_other_benefit_starts_with_the_month_in_which_its_decision_is_signed():
    # Art. 8(1)(đ): signed 10 December 2024. Clause 5(a), 84 years: 2.0 × 500,000, December only.
    who = person()
    both = Both(who)
    row = granted(both, who, "BTXH_5.5a")
    start = oracle.start("BTXH_5.5a", signed=SIGNED.signed_on)
    both.follow(row, Grant(who, "BTXH_5.5a", start, start))
    assert both.pays(DEC) == {"BTXH_5.5a 2024-12": 1_000_000}


def test_E04_a_rate_changes_in_the_month_in_which_its_condition_is_met():
    # Art. 6(1)(a): under 4 coefficient 2.5, from 4 coefficient 1.5; base 500,000 (Decree 76/2024).
    # Born 31 December 2020: four years old in December 2024, whatever the day. 1,250,000, then 750,000.
    child = person(date(2020, 12, 31))
    grant(child, "BTXH_5.1", NOV)
    both = Both(child)
    assert both.pays(NOV) == {"BTXH_5.1 2024-11": 1_250_000}
    assert both.pays(DEC) == {"BTXH_5.1 2024-12": 750_000}


def test_E04_a_new_injury_rate_counts_from_its_month_and_not_before():
    # Annex II of Decree 75/2021 as amended by 77/2024: 21 % 1,878,000, 22 % 1,969,000.
    veteran = person(date(1950, 3, 3))
    one = grant(veteran, "TB", NOV, injury=21)
    one.changes.append(Change(DEC, injury=22))
    both = Both(veteran)
    assert both.pays(NOV) == {"TB 2024-11": 1_878_000}
    assert both.pays(DEC) == {"TB 2024-12": 1_969_000}


def test_E04_a_disabled_persons_rate_rises_at_60_and_falls_at_16():
    # Art. 6(1)(e): exceptionally severe 2.0, severe 1.5; children and elderly 2.5 and 2.0. 60 and 16 in December 2024.
    elderly, youth = person(date(1964, 12, 9)), person(date(2008, 12, 9))
    grant(elderly, "BTXH_5.6_DBN", NOV)
    grant(youth, "BTXH_5.6_N", NOV)
    both = Both(elderly, youth)
    assert both.pays(NOV) == {"BTXH_5.6_DBN 2024-11": 1_000_000, "BTXH_5.6_N 2024-11": 1_000_000}
    assert both.pays(DEC) == {"BTXH_5.6_DBN 2024-12": 1_250_000, "BTXH_5.6_N 2024-12": 750_000}


def test_E05_the_month_of_death_is_payable_and_nothing_after_it():
    # Art. 8(2): stop from the month after the death of 3 November.
    who = person(died=date(2024, 11, 3))
    grant(who, "BTXH_5.5c", month(2024, 10))
    assert Both(who).pays(DEC) == {"BTXH_5.5c 2024-10": 500_000, "BTXH_5.5c 2024-11": 500_000}


def test_E05_the_carer_is_paid_through_the_month_of_death_of_whom_they_cared_for():
    # Art. 20(2)(c): 1.0 × 500,000 to the household; the person cared for died on 30 November.
    carer, cared_for = person(date(1980, 1, 1)), person(date(1990, 1, 1), died=date(2024, 11, 30))
    grant(carer, "BTXH_20.2c", NOV, linked=cared_for)
    assert Both(carer, cared_for).pays(DEC) == {"BTXH_20.2c 2024-11": 500_000}


def test_E05_a_worship_grant_ends_with_the_one_who_worships():
    # Decree 75/2021 Art. 13(2): 1,400,000 a martyr a year; two martyrs, yearly in December, died in November.
    who = person(died=date(2024, 11, 20))
    grant(who, "NCC_THOCUNG", month(2022, 12), settled_before=month(2023, 12), heads=2)
    assert Both(who).pays(DEC) == {"NCC_THOCUNG 2023-12": 2_800_000}


def test_E06_the_new_place_pays_from_the_month_after_the_stop_decision():
    # Art. 8(4)(d): stopped on 12 November, so November is the old place's and December the new one's.
    who = person()
    grant(who, "BTXH_5.5c", NOV)
    both = Both(who)
    old, new = worlds.commune(), worlds.commune("22915")
    people.move(person=both.row(who), to=new, stopped_on=date(2024, 11, 12))
    assert both.pays(NOV) | both.pays(DEC) == {"BTXH_5.5c 2024-11": 500_000, "BTXH_5.5c 2024-12": 500_000}
    paid_in = Payment.objects.order_by("pk").values_list("commune_id", flat=True)
    assert list(paid_in) == [old.pk, new.pk]


def test_E07_only_the_highest_social_allowance_is_paid():
    # Art. 6(2): 5(5)(c) 500,000 against exceptionally severe and elderly 2.5 × 500,000.
    who = person()
    grant(who, "BTXH_5.5c")
    grant(who, "BTXH_5.6_DBN")
    assert Both(who).pays(DEC) == {"BTXH_5.6_DBN 2024-12": 1_250_000}


def test_E07_a_single_parents_support_adds_to_clauses_5_6_and_8():
    # Art. 6(2): two children 2 × 500,000, and the highest of 5(6) 750,000 and 5(8) 750,000: the one granted first.
    who = person(date(1990, 1, 1))
    grant(who, "BTXH_5.4", children=[Child(date(2015, 3, 1)), Child(date(2020, 3, 1))])
    grant(who, "BTXH_5.6_N")
    grant(who, "BTXH_5.8")
    assert Both(who).pays(DEC) == {"BTXH_5.4 2024-12": 1_000_000, "BTXH_5.6_N 2024-12": 750_000}


def test_E07_each_child_counts_by_its_own_dates():
    # Art. 5(4): one 16 in November (payable), one studying until 31 December at 17, one born in December.
    who = person(date(1985, 1, 1))
    children = [
        Child(date(2008, 11, 2)),
        Child(date(2007, 6, 1), studying_until=date(2024, 12, 31)),
        Child(date(2024, 12, 20)),
    ]
    grant(who, "BTXH_5.4", NOV, children=children)
    both = Both(who)
    assert both.pays(NOV) == {"BTXH_5.4 2024-11": 1_000_000}
    assert both.pays(DEC) == {"BTXH_5.4 2024-12": 1_000_000}
    assert both.pays(month(2025, 1)) == {"BTXH_5.4 2025-01": 500_000}


def test_E07_support_while_raising_infants_adds_to_the_disability_allowance():
    # Art. 20(2)(b): 5(6) severe 750,000 beside 20(2)(a): the higher of 1.5 and 2.0, so 1,000,000.
    # The youngest is 36 months old in December 2024, the last month.
    who = person(date(1995, 1, 1))
    infants = [Child(date(2021, 12, 5)), Child(date(2020, 12, 5))]
    grant(who, "BTXH_5.6_N")
    grant(who, "BTXH_20.2a_1", children=infants)
    grant(who, "BTXH_20.2a_2", children=infants)
    both = Both(who)
    assert both.pays(DEC) == {"BTXH_5.6_N 2024-12": 750_000, "BTXH_20.2a_2 2024-12": 1_000_000}
    assert both.pays(month(2025, 1)) == {"BTXH_5.6_N 2025-01": 750_000}


def test_E07_care_in_an_institution_excludes_the_social_allowance():
    # Art. 25(1)(b) and 25(5): 4.0 × 500,000 in the institution, nothing of Art. 6.
    who = person()
    grant(who, "BTXH_5.5a")
    grant(who, "BTXH_25.1")
    assert Both(who).pays(DEC) == {"BTXH_25.1 2024-12": 2_000_000}


def test_E08_the_social_pension_starts_with_the_month_in_which_the_chair_signs():
    # Decree 176/2025 Art. 4: signed 2 September 2025, 500,000 from September, though 75 since May.
    who = person(date(1950, 5, 1))
    both = Both(who)
    signed = Decision("77/QĐ-UBND", date(2025, 9, 2))
    row = grants.grant(person=both.row(who), category=Category.objects.get(pk="HTXH_75"), decision=signed)
    start = oracle.start("HTXH_75", signed=signed.signed_on)
    both.follow(row, Grant(who, "HTXH_75", start, start))
    assert both.pays(month(2025, 9)) == {"HTXH_75 2025-09": 500_000}


def test_E09_of_social_pension_and_social_allowance_the_higher_is_paid():
    # 176/2025 Art. 3: pension 500,000 against 5(5)(a) at 80, 1,000,000, and against one child's support, 500,000:
    # equal, so the allowance stays.
    elder, parent = person(date(1940, 1, 1)), person(date(1948, 1, 1))
    grant(elder, "BTXH_5.5a", month(2025, 9))
    grant(elder, "HTXH_75", month(2025, 9))
    grant(parent, "BTXH_5.4", month(2025, 9), heads=1)
    grant(parent, "HTXH_75", month(2025, 9))
    assert Both(elder, parent).pays(month(2025, 9)) == {
        "BTXH_5.5a 2025-09": 1_000_000,
        "BTXH_5.4 2025-09": 500_000,
    }


def test_E10_an_upper_age_is_payable_through_the_month_of_the_birthday():
    # Art. 8(2): 5(7) ends at 3, 5(1) at 16, 5(2) at 22; all have that birthday in November 2024. 1.5 × 500,000 each.
    people_of = {"BTXH_5.7": 2021, "BTXH_5.1": 2008, "BTXH_5.2": 2002}
    everybody = []
    for category, year in people_of.items():
        everybody.append(person(date(year, 11, 30)))
        grant(everybody[-1], category, NOV)
    both = Both(*everybody)
    assert both.pays(NOV) == {f"{category} 2024-11": 750_000 for category in people_of}
    assert both.pays(DEC) == {}


def test_E11_a_disability_allowance_is_not_paid_beside_an_ncc_allowance_but_80_is():
    # Law 51/2010 Art. 51(1): relative of a martyr 2,789,000; severe disability nothing; 5(5)(c) 500,000 beside.
    disabled, old = person(date(1960, 1, 1)), person(date(1940, 1, 1))
    for who in (disabled, old):
        grant(who, "LS_1")
    grant(disabled, "BTXH_5.6_N")
    grant(old, "BTXH_5.5c")
    paid = Both(disabled, old).pays(DEC)
    assert paid == {"LS_1 2024-12": 2_789_000, "BTXH_5.5c 2024-12": 500_000}


def test_E11_a_pension_ends_the_disability_allowance_from_its_first_month():
    # Pension of 2,000,000 from December: November's 750,000 stays due.
    who = person(date(1990, 1, 1), pension="pension", pension_amount=2_000_000, pension_from=DEC)
    grant(who, "BTXH_5.6_N", NOV)
    assert Both(who).pays(DEC) == {"BTXH_5.6_N 2024-11": 750_000}


def test_E11_the_social_pension_is_paid_beside_a_pension_lower_than_itself():
    # 176/2025 Art. 2(1): 500,000 beside 480,000; not beside 500,000, nor beside a pension of unknown amount.
    amounts = (480_000, 500_000, None)
    three = [person(date(1945, 1, 1), pension="pension", pension_amount=amount) for amount in amounts]
    for who in three:
        grant(who, "HTXH_75", month(2025, 9))
    both = Both(*three)
    assert both.pays(month(2025, 9)) == {"HTXH_75 2025-09": 500_000}
    assert Payment.objects.get().person_id == both.row(three[0]).pk


def test_E12_two_officers_convert_to_the_social_pension_what_it_replaces():
    # 176/2025: from 2025-07 the social pension, 500,000, in place of 5(5)(c), without an application.
    who, gone = person(date(1940, 1, 1)), person(date(1940, 1, 1), died=date(2025, 5, 1))
    held = [grant(one, "BTXH_5.5c", month(2025, 6)) for one in (who, gone)]
    held[1].last = month(2025, 5)
    held[1].first = held[1].settled_before = month(2025, 5)
    both = Both(who, gone)
    assert both.pays(month(2025, 6)) == {"BTXH_5.5c 2025-05": 500_000, "BTXH_5.5c 2025-06": 500_000}
    reader, first, second = province_reader(), worlds.officer("mot"), worlds.officer("hai")
    prepared = conversion.prepare(decision=SIGNED, by=first, at=worlds.NOON, reader=reader)
    assert prepared.count == 1
    with pytest.raises(DecisionRefused):
        conversion.confirm(conversion_id=prepared.pk, by=first, at=worlds.NOON, reader=reader)
    assert conversion.confirm(conversion_id=prepared.pk, by=second, at=worlds.NOON, reader=reader) == 1
    held[0].last = month(2025, 6)
    made = Entitlement.objects.get(category="HTXH_75")
    both.follow(made, Grant(who, "HTXH_75", month(2025, 7), month(2025, 7)))
    assert both.pays(month(2025, 7), on=LAW_OF_JULY) == {"HTXH_75 2025-07": 500_000}
    assert conversion.preview(reader=reader) == []


def test_E12_a_conversion_that_is_no_longer_what_was_previewed_is_refused():
    who, another = person(date(1940, 1, 1)), person(date(1941, 1, 1))
    grant(who, "BTXH_5.5c", month(2025, 1))
    both = Both(who, another)
    prepared = conversion.prepare(
        decision=SIGNED, by=worlds.officer("mot"), at=worlds.NOON, reader=province_reader()
    )
    granted(both, another, "BTXH_5.5c")
    with pytest.raises(DecisionRefused):
        conversion.confirm(
            conversion_id=prepared.pk, by=worlds.officer("hai"), at=worlds.NOON, reader=province_reader()
        )
    assert not Entitlement.objects.filter(category="HTXH_75").exists()


def test_E12_a_month_that_the_old_benefit_paid_is_not_paid_again():
    # The list of July 2025 closed on 20 June, before the decree: 5(5)(c) 500,000. Converted in July: August only.
    who = person(date(1940, 1, 1))
    held = grant(who, "BTXH_5.5c", month(2025, 7))
    held.first = month(2025, 1)
    both = Both(who)
    assert both.pays(month(2025, 7)) == {"BTXH_5.5c 2025-07": 500_000}
    prepared = conversion.prepare(
        decision=SIGNED, by=worlds.officer("mot"), at=worlds.NOON, reader=province_reader()
    )
    conversion.confirm(
        conversion_id=prepared.pk, by=worlds.officer("hai"), at=worlds.NOON, reader=province_reader()
    )
    held.last = month(2025, 6)
    made = Entitlement.objects.get(category="HTXH_75")
    pension = both.follow(made, Grant(who, "HTXH_75", month(2025, 7), month(2025, 7)))
    july = month(2025, 7)
    both.ledger.adjustments = {(id(held), july): 500_000, (id(pension), july): -500_000}
    assert both.pays(month(2025, 8)) == {"HTXH_75 2025-08": 500_000}
    assert both.overpaid() == {}
    assert next(check_ledger()).broken == 0


def test_E12_what_was_suspended_stays_suspended():
    who = person(date(1940, 1, 1))
    held = grant(who, "BTXH_5.5c", month(2025, 6))
    held.suspensions.append(Suspension(month(2025, 6)))
    both = Both(who)
    prepared = conversion.prepare(
        decision=SIGNED, by=worlds.officer("mot"), at=worlds.NOON, reader=province_reader()
    )
    conversion.confirm(
        conversion_id=prepared.pk, by=worlds.officer("hai"), at=worlds.NOON, reader=province_reader()
    )
    held.last = month(2025, 6)
    made = Entitlement.objects.get(category="HTXH_75")
    pension = Grant(who, "HTXH_75", month(2025, 7), month(2025, 7))
    pension.suspensions.append(Suspension(month(2025, 7)))
    both.follow(made, pension)
    assert both.pays(month(2025, 7), on=LAW_OF_JULY) == {}


def test_E13_the_funeral_of_somebody_who_died_before_the_decision_is_paid_once_at_the_highest():
    # 176/2025 Art. 5: 20 × 500,000 = 10,000,000; in an institution 50 × 500,000 = 25,000,000 (Art. 25(3)).
    applicant = person(date(1949, 1, 1), died=date(2025, 9, 3))
    both = Both(applicant)
    choices = list(Category.objects.filter(pk__in=("BTXH_11.2", "BTXH_25.3")).order_by("pk"))
    row = grants.grant_funeral(
        deceased=both.row(applicant),
        categories=choices,
        amounts=(10_000_000, 25_000_000),
        decision=SIGNED,
        month=date(2025, 9, 1),
    )
    both.follow(row, Grant(applicant, "BTXH_25.3", month(2025, 9), month(2025, 9)))
    assert both.pays(month(2025, 9)) == {"BTXH_25.3 2025-09": 25_000_000}
    assert both.pays(month(2025, 10)) == {}
    with pytest.raises(IntegrityError), transaction.atomic():
        granted(both, applicant, "BTXH_11.2")


def test_E13_a_social_pensioners_funeral_support_is_20_standard_levels():
    who = person(date(1945, 1, 1), died=date(2025, 9, 3))
    grant(who, "HTXH_75", month(2025, 9))
    grant(who, "BTXH_11.2", month(2025, 9))
    assert Both(who).pays(month(2025, 9)) == {"HTXH_75 2025-09": 500_000, "BTXH_11.2 2025-09": 10_000_000}


# N: revolutionary contributions. Amounts of Decree 77/2024, from its annexes.


def test_N01_allowances_of_several_categories_add_up_and_the_carers_only_once():
    # War invalid 81 % 7,240,000; Heroic Mother 8,367,000 + 2,337,000; carers 2,789,000 and 2,789,000: one.
    who = person()
    grant(who, "TB", injury=81)
    grant(who, "BMVNAH_TC")
    grant(who, "BMVNAH_PC")
    grant(who, "BMVNAH_PV")
    grant(who, "TB_PV81")
    assert Both(who).pays(DEC) == {
        "TB 2024-12": 7_240_000,
        "BMVNAH_TC 2024-12": 8_367_000,
        "BMVNAH_PC 2024-12": 2_337_000,
        "BMVNAH_PV 2024-12": 2_789_000,
    }


def test_N01_a_carer_of_two_people_is_paid_for_each():
    # Ordinance Art. 6(3) limits the one cared for, not the carer: 2,789,000 for each of a couple.
    wife, husband, carer = person(), person(), person(date(1970, 1, 1))
    grant(carer, "TB_PV81", linked=husband)
    grant(carer, "BB_PV81", linked=wife)
    paid = Both(wife, husband, carer).pays(DEC)
    assert paid == {"TB_PV81 2024-12": 2_789_000, "BB_PV81 2024-12": 2_789_000}


def test_N01_of_the_education_allowances_the_highest_is_paid():
    # Ordinance Art. 5(2): group 11.1 2,789,000, group 11.2 1,399,000.
    who = person(date(2004, 1, 1))
    grant(who, "UD_HOC_1")
    grant(who, "UD_HOC_2")
    assert Both(who).pays(DEC) == {"UD_HOC_1 2024-12": 2_789_000}


def test_N01_every_injury_rate_of_both_kinds_of_war_invalid_is_paid_as_the_annex_says():
    # Annexes II and III: 80 rates each, 21 to 100 %, against the published tables.
    table = Path(__file__).parent / "vectors" / "benefit_ncc_monthly.csv"
    expected, veterans = {}, []
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kind, _, rate = row["benefit_code"].partition("_")
            if kind in ("TB", "TBB") and rate.isdecimal() and row["effective_from"] == "2024-07-01":
                veterans.append(person(date(1950, 1, 1)))
                one = grant(veterans[-1], kind, injury=int(rate))
                expected[id(one)] = int(row["amount"])
    assert len(expected) == 160
    both = Both(*veterans)
    judged = {id(one): both.ledger.balances(one.person, DEC, date(2024, 11, 20))[id(one), DEC]
              for who in veterans for one in who.grants}  # fmt: skip
    paid = {key: amount for (key, _month), amount in both.mirror.run(DEC).items()}
    assert paid == judged == expected


def test_N01_seniority_is_paid_by_the_year():
    # Pre-1945 activist: 3,117,000 and 12 years × 529,000 = 6,348,000.
    who = person(date(1925, 1, 1))
    grant(who, "LTCM_THOATLY_TC")
    grant(who, "LTCM_THOATLY_PC", seniority=12)
    assert Both(who).pays(DEC) == {"LTCM_THOATLY_TC 2024-12": 3_117_000, "LTCM_THOATLY_PC 2024-12": 6_348_000}


def test_N02_at_most_two_survivors_allowances_and_one_care_allowance():
    # Ordinance Art. 6(5), (6): relative of three martyrs 8,367,000 is one allowance; 2,789,000; not 1,565,000.
    who = person()
    for category in ("TKN_TUAT", "LS_3", "LTCM_TUAT", "LS_ND", "TB_TUAT61_ND"):
        grant(who, category)
    assert Both(who).pays(DEC) == {
        "LS_3 2024-12": 8_367_000,
        "LTCM_TUAT 2024-12": 2_789_000,
        "LS_ND 2024-12": 2_231_000,
    }


def test_N03_the_heirs_get_three_months_of_own_allowance_and_supplement():
    # Decree 131/2021 Art. 121(2): 3 × (7,240,000 + 2,867,000): the special supplement, not the carer's 2,789,000.
    dead, widow = person(died=date(2024, 11, 9)), person(date(1950, 1, 1))
    grant(dead, "TB", NOV, injury=81)
    grant(dead, "TB_PC81", NOV)
    grant(dead, "TB_PC81_DB", NOV)
    grant(dead, "TB_PV81", NOV)
    grant(widow, "NCC_1L_3THANG", DEC, linked=dead)
    both = Both(dead, widow)
    both.pays(NOV)
    assert both.pays(DEC) == {"NCC_1L_3THANG 2024-12": 30_321_000}
    told = explain(person=both.row(widow), month=day(DEC), on=date(2024, 12, 1), reader=province_reader())
    assert [(due.base, due.coefficient, due.amount) for due in told.dues] == [(10_107_000, 3, 30_321_000)]
    assert both.pays(month(2025, 1)) == {}


def test_N03_the_lump_sum_follows_the_rates_of_the_month_of_death():
    # Died in June 2024 by Decree 55/2023: 21 % 1,384,000; the lump sum of August is still 3 × 1,384,000.
    dead = person(died=date(2024, 6, 9))
    grant(dead, "TB", month(2024, 6), injury=21)
    grant(dead, "NCC_1L_3THANG", month(2024, 8))
    both = Both(dead)
    assert both.pays(month(2024, 8)) == {"TB 2024-06": 1_384_000, "NCC_1L_3THANG 2024-08": 4_152_000}


def test_N04_one_burial_grant_whatever_the_categories():
    # Ordinance Art. 6(4), Decree 75/2021 Art. 13(1): 10 × 2,340,000; the second is refused by the database.
    dead = person(died=date(2024, 12, 2))
    grant(dead, "TB", injury=61)
    grant(dead, "LS_1")
    grant(dead, "NCC_MAITANG")
    both = Both(dead)
    assert both.pays(DEC) == {
        "TB 2024-12": 5_450_000,
        "LS_1 2024-12": 2_789_000,
        "NCC_MAITANG 2024-12": 23_400_000,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        granted(both, dead, "BTXH_11.2")


def test_N05_a_survivors_allowance_starts_with_the_month_after_the_death():
    # Decree 131/2021 Art. 125: died 30 November, decided 10 December: 1,565,000 from December.
    dead, widow = person(died=date(2024, 11, 30)), person(date(1950, 1, 1))
    both = Both(dead, widow)
    row = granted(both, widow, "TB_TUAT61", linked=both.row(dead))
    start = oracle.start("TB_TUAT61", signed=SIGNED.signed_on, died=dead.died)
    assert oracle.month_of(row.from_month) == start == DEC
    both.follow(row, Grant(widow, "TB_TUAT61", start, start, linked=dead))
    assert both.pays(DEC) == {"TB_TUAT61 2024-12": 1_565_000}


def test_N06_a_special_supplement_replaces_the_ordinary_one():
    # Ordinance Art. 24(1)(d): 2,867,000, not 1,399,000 as well.
    who = person()
    grant(who, "TB", injury=81)
    grant(who, "TB_PC81")
    grant(who, "TB_PC81_DB")
    assert Both(who).pays(DEC) == {"TB 2024-12": 7_240_000, "TB_PC81_DB 2024-12": 2_867_000}


def test_N07_products_are_rounded_to_1000_dong_half_up():
    # Decree 75/2021 Art. 3(2): 15.5 × 2,055,000 = 31,852,500, so 31,853,000; 1.5 × 2,055,000 = 3,082,500: 3,083,000.
    who = person()
    grant(who, "NCC_1L_TKN_TN", month(2024, 3))
    grant(who, "NCC_1L_TUDAY", month(2024, 3))
    assert Both(who).pays(month(2024, 3)) == {
        "NCC_1L_TKN_TN 2024-03": 31_853_000,
        "NCC_1L_TUDAY 2024-03": 3_083_000,
    }
