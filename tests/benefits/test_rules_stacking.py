"""Rules E07, E09 and E11, benefits against each other: the đồng by hand, SQL and oracle side by side."""

from __future__ import annotations

from datetime import date

import pytest

from payments.models import Payment
from tests.benefits.facts import Child, month
from tests.benefits.side_by_side import DEC, Both, grant, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

NOV = month(2024, 11)


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


def test_E07_together_they_stand_against_the_highest_of_the_rest():
    # Orphans of 20 who study, 5(2), 1.5 × 500,000 = 750,000. With one child, 500,000, the orphan's is paid; with two,
    # 1,000,000, the parent's; with one child and 5(6), severe, 750,000, both of these: 1,250,000.
    one, two, disabled = (person(date(2004, 6, 1)) for _ in range(3))
    for who, children in ((one, 1), (two, 2), (disabled, 1)):
        grant(who, "BTXH_5.2")
        grant(who, "BTXH_5.4", heads=children)
    grant(disabled, "BTXH_5.6_N")
    Both(one, two, disabled).pays(DEC)
    paid = Payment.objects.order_by("person_id").values_list("amount", flat=True)
    assert list(paid) == [750_000, 1_000_000, 1_250_000]


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
