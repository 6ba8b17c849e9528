"""Rules E13, N03, N04 and N05, what a death gives: the đồng by hand, SQL and oracle side by side."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.access import province_reader
from beneficiaries.operations import grants
from benefits.models import Category
from payments.queries.explain import explain
from tests.benefits import oracle
from tests.benefits.facts import Grant, month, month_of
from tests.benefits.mirror import day
from tests.benefits.side_by_side import DEC, SIGNED, Both, grant, granted, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

NOV = month(2024, 11)


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
    assert month_of(row.from_month) == start == DEC
    both.follow(row, Grant(widow, "TB_TUAT61", start, start, linked=dead))
    assert both.pays(DEC) == {"TB_TUAT61 2024-12": 1_565_000}
