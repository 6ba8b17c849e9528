"""Rules E13, N03, N04 and N05, what a death gives: the đồng by hand, SQL and oracle side by side."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.access import province_reader
from areas.models import Unit
from beneficiaries.models import Residence
from beneficiaries.operations import grants
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.grants import Decision
from benefits.models import Base, Category, Rate
from payments.models import Line
from payments.queries.explain import explain
from tests import worlds
from tests.benefits import oracle
from tests.benefits.facts import Grant, month, month_of
from tests.benefits.mirror import day
from tests.benefits.side_by_side import DEC, SIGNED, Both, grant, granted, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

NOV = month(2024, 11)


def other_province() -> Unit:
    """A commune that pays in a province with no base of its own."""
    above = Unit.objects.create(
        level="province", code="99", kind="tỉnh", name="Nơi khác", valid_from=date(2000, 1, 1)
    )
    made = Unit.objects.create(
        level="commune", code="99001", kind="xã", name="Xã Khác", parent=above, valid_from=date(2000, 1, 1)
    )
    Unit.objects.filter(pk=made.pk).update(paying_unit=made)
    return made


def test_E13_the_funeral_of_somebody_who_died_before_the_decision_is_paid_once_at_the_highest():
    # 176/2025 Art. 5: 20 × 500,000 = 10,000,000; in an institution 50 × 500,000 = 25,000,000 (Art. 25(3)).
    applicant = person(date(1949, 1, 1), died=date(2025, 9, 3))
    both = Both(applicant)
    choices = list(Category.objects.filter(pk__in=("BTXH_11.2", "BTXH_25.3")).order_by("pk"))
    row = grants.grant_funeral(
        deceased=both.row(applicant),
        categories=choices,
        decision=SIGNED,
        month=date(2025, 9, 1),
    )
    both.follow(row, Grant(applicant, "BTXH_25.3", month(2025, 9), month(2025, 9)))
    assert both.pays(month(2025, 9)) == {"BTXH_25.3 2025-09": 25_000_000}
    assert both.pays(month(2025, 10)) == {}
    with pytest.raises(IntegrityError), transaction.atomic():
        granted(both, applicant, "BTXH_11.2")


def test_E13_a_funeral_granted_for_less_is_replaced_and_one_granted_for_as_much_stands():
    # 20 × 500,000 paid in September; then known to have died in an institution, 50 × 500,000: 10,000,000 too much.
    dead = person(date(1940, 1, 1), died=date(2024, 12, 3))
    both = Both(dead)
    support, institution = (Category.objects.get(pk=code) for code in ("BTXH_11.2", "BTXH_25.3"))
    facts = {"deceased": both.row(dead), "decision": SIGNED, "month": date(2024, 12, 1)}
    first = both.follow(
        grants.grant_funeral(categories=[support], **facts), Grant(dead, "BTXH_11.2", DEC, DEC)
    )
    assert both.pays(DEC) == {"BTXH_11.2 2024-12": 10_000_000}
    row = grants.grant_funeral(categories=[support, institution], **facts)
    first.replaced = True
    both.follow(row, Grant(dead, "BTXH_25.3", DEC, DEC))
    assert both.pays(month(2025, 1)) == {"BTXH_25.3 2024-12": 25_000_000}
    assert both.overpaid() == {"BTXH_11.2 2024-12": 10_000_000}
    with pytest.raises(DecisionRefused):
        grants.grant_funeral(categories=[support], **facts)


def test_E13_which_funeral_is_the_highest_follows_the_tables():
    # Ten base salaries of 2,340,000 are 23,400,000; 20 standard levels of the province's own 1,200,000 are 24,000,000.
    dead = person(date(1940, 1, 1), died=date(2024, 12, 3))
    both = Both(dead)
    row = both.row(dead)
    choices = list(Category.objects.filter(pk__in=("BTXH_11.2", "NCC_MAITANG")).order_by("pk"))
    Base.objects.create(
        base_code="BTXH_STANDARD", area=worlds.commune().parent.parent, amount=1_200_000,
        applies_from=date(2024, 12, 1), in_force_from=date(2024, 12, 5),
        legal_source="Nghị quyết thử", confidence="assumed",
    )  # fmt: skip
    made = {}
    for day_of_decision in (date(2024, 12, 4), date(2024, 12, 5)):
        with transaction.atomic():
            made[day_of_decision.day] = grants.grant_funeral(
                deceased=row,
                categories=choices,
                decision=Decision("9", day_of_decision),
                month=date(2024, 12, 1),
            ).category_id
            transaction.set_rollback(True)
    assert made == {4: "NCC_MAITANG", 5: "BTXH_11.2"}


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


def test_N03_the_lump_sum_follows_the_own_base_of_the_province_of_the_last_home():
    # A supplement of 0.5 × the standard from November: the nation's 2,789,000, the province's own 3,000,000 there.
    dead, elsewhere = (person(died=date(2024, 11, 9)) for _ in range(2))
    facts = {"applies_from": date(2024, 11, 1), "in_force_from": date(2024, 10, 1), "legal_source": "Thử",
             "confidence": "assumed"}  # fmt: skip
    Rate.objects.create(
        category_id="TB_PC81", band_code="TB_PC81", base_code="NCC_TRY", coefficient=Decimal("0.5"), **facts
    )
    Base.objects.create(base_code="NCC_TRY", amount=2_789_000, **facts)
    Base.objects.create(base_code="NCC_TRY", amount=3_000_000, area=worlds.commune().parent.parent, **facts)
    for who in (dead, elsewhere):
        grant(who, "TB", NOV, injury=81)
        grant(who, "TB_PC81", NOV)
        grant(who, "NCC_1L_3THANG", DEC)
    both = Both(dead, elsewhere)
    Residence.objects.filter(person=both.row(elsewhere)).update(commune=other_province())
    paid = {id(dead): 3 * (7_240_000 + 1_500_000), id(elsewhere): 3 * (7_240_000 + 1_394_500)}
    both.mirror.run(DEC)
    for who in (dead, elsewhere):
        lines = Line.objects.filter(entitlement=both.row(who.grants[2]))
        assert [line.amount for line in lines] == [paid[id(who)]]


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
