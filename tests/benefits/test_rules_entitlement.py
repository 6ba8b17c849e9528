"""Rules E01 to E06, E08 and E10, when and how much: the đồng by hand, SQL and oracle side by side."""

from __future__ import annotations

from datetime import date

import pytest

from beneficiaries.models import Precision
from beneficiaries.operations import grants, people
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.grants import Decision
from benefits.models import Category
from payments.models import Payment
from tests import worlds
from tests.benefits import oracle
from tests.benefits.facts import Change, Grant, month, month_of
from tests.benefits.side_by_side import DEC, SIGNED, Both, grant, granted, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

NOV = month(2024, 11)


def test_E01_the_allowance_of_80_starts_with_the_birthdays_month_whenever_it_is_decided():
    # Decree 20/2021 Art. 8(1)(đ): from reaching 80, 5 September 2024; decided 10 December. Four months of 500,000.
    who = person(date(1944, 9, 5))
    both = Both(who)
    row = granted(both, who, "BTXH_5.5c")
    start = oracle.start("BTXH_5.5c", signed=SIGNED.signed_on, born=who.born)
    assert month_of(row.from_month) == start == month(2024, 9)
    both.follow(row, Grant(who, "BTXH_5.5c", start, start))
    assert both.pays(DEC) == {f"BTXH_5.5c 2024-{m:02d}": 500_000 for m in (9, 10, 11, 12)}


def test_E01_a_birth_known_only_to_the_year_counts_from_january_or_by_the_setting_from_december(settings):
    # 80 in 2024: from January by the convention as shipped, all months settled before October; else December alone.
    first, last = (person(date(1944, 1, 1), year_only=True) for _ in range(2))
    both = Both(first, last)
    row = granted(both, first, "BTXH_5.5c", settled_before=date(2024, 10, 1))
    assert row.from_month == date(2024, 1, 1)
    both.follow(row, Grant(first, "BTXH_5.5c", month(2024, 1), month(2024, 10)))
    assert both.pays(DEC) == {f"BTXH_5.5c 2024-{m}": 500_000 for m in (10, 11, 12)}
    settings.BIRTH_CONVENTION = both.law.year_means = "last"
    assert granted(both, last, "BTXH_5.5c").from_month == date(2024, 12, 1)


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


def test_E04_a_foster_carers_rate_follows_the_age_of_the_child():
    # Art. 20(1): 2.5 × 500,000 for a child under 4, 1.5 from 4 on, paid to the carer; four years old in December 2024.
    carer, child = person(date(1980, 1, 1)), person(date(2020, 12, 24))
    grant(carer, "BTXH_20.1", NOV, linked=child)
    both = Both(carer, child)
    assert both.pays(NOV) == {"BTXH_20.1 2024-11": 1_250_000}
    assert both.pays(DEC) == {"BTXH_20.1 2024-12": 750_000}
    assert set(Payment.objects.values_list("person_id", flat=True)) == {both.row(carer).pk}


def test_E04_a_corrected_birth_date_pays_what_was_kept_back():
    # Registered as born in 1946, corrected to 15 October 1944: 80 in October 2024, three months at once.
    who = person(date(1946, 10, 15))
    grant(who, "BTXH_5.5c", month(2024, 10))
    both = Both(who)
    assert both.pays(NOV) == {}
    people.correct_birth(person=both.row(who), birth_date=date(1944, 10, 15), precision=Precision.DAY)
    who.born = date(1944, 10, 15)
    assert both.pays(DEC) == {f"BTXH_5.5c 2024-{m}": 500_000 for m in (10, 11, 12)}


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


def test_E05_a_late_reported_death_of_whom_one_cares_for_makes_the_carers_months_overpaid():
    # Died on 3 October 2024, known in December: November's 500,000 was too much, December pays nothing.
    carer, cared_for = person(date(1980, 1, 1)), person(date(1990, 1, 1))
    grant(carer, "BTXH_20.2c", month(2024, 10), linked=cared_for)
    both = Both(carer, cared_for)
    both.pays(month(2024, 10)), both.pays(NOV)
    people.record_death(person=both.row(cared_for), died_on=date(2024, 10, 3))
    cared_for.died = date(2024, 10, 3)
    assert both.pays(DEC) == {}
    assert both.overpaid() == {"BTXH_20.2c 2024-11": 500_000}


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


def test_E08_the_social_pension_starts_with_the_month_in_which_the_chair_signs():
    # Decree 176/2025 Art. 4: signed 2 September 2025, 500,000 from September, though 75 since May.
    who = person(date(1950, 5, 1))
    both = Both(who)
    signed = Decision("77/QĐ-UBND", date(2025, 9, 2))
    row = grants.grant(person=both.row(who), category=Category.objects.get(pk="HTXH_75"), decision=signed)
    start = oracle.start("HTXH_75", signed=signed.signed_on)
    both.follow(row, Grant(who, "HTXH_75", start, start))
    assert both.pays(month(2025, 9)) == {"HTXH_75 2025-09": 500_000}


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
