"""Rule E12, the social pension in place of 5(5)(b) and (c): the đồng by hand, SQL and oracle side by side."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.access import province_reader
from beneficiaries.models import Entitlement
from beneficiaries.operations.errors import DecisionRefused
from benefits.models import Base
from payments.models import ConversionPart
from payments.operations import conversion
from payments.operations.errors import RateMissing
from payments.queries.conversion import conversion_figures
from payments.queries.ledger import check_ledger
from tests import worlds
from tests.benefits.facts import Grant, Suspension, month
from tests.benefits.side_by_side import SIGNED, Both, grant, granted, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

LAW_OF_JULY = date(2025, 7, 1)


def convert() -> None:
    """Prepared by one officer, confirmed by another, carried out to the end."""
    reader, at = province_reader(), worlds.NOON
    prepared = conversion.prepare(decision=SIGNED, by=worlds.officer("mot"), at=at, reader=reader)
    conversion.confirm(conversion_id=prepared.pk, by=worlds.officer("hai"), at=at, reader=reader)
    conversion.convert_all(conversion_id=prepared.pk, at=at)


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
    conversion.convert_all(conversion_id=prepared.pk, at=worlds.NOON)
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
    convert()
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
    convert()
    held.last = month(2025, 6)
    made = Entitlement.objects.get(category="HTXH_75")
    pension = Grant(who, "HTXH_75", month(2025, 7), month(2025, 7))
    pension.suspensions.append(Suspension(month(2025, 7)))
    both.follow(made, pension)
    assert both.pays(month(2025, 7), on=LAW_OF_JULY) == {}


def test_E12_a_conversion_in_parts_keeps_a_persons_benefits_together_and_no_list_is_made_meanwhile(
    monkeypatch,
):
    # One has 5(5)(b), which ends at 80, and 5(5)(c), which begins there: one pension for both, and one for the other.
    monkeypatch.setattr(conversion, "PART_GRANTS", 1)
    both_ages, other = person(date(1945, 8, 1)), person(date(1940, 1, 1))
    grant(both_ages, "BTXH_5.5b", month(2025, 6))
    grant(both_ages, "BTXH_5.5c", month(2025, 6))
    grant(other, "BTXH_5.5c", month(2025, 6))
    both = Both(both_ages, other)
    reader, at = province_reader(), worlds.NOON
    prepared = conversion.prepare(decision=SIGNED, by=worlds.officer("mot"), at=at, reader=reader)
    assert conversion.confirm(conversion_id=prepared.pk, by=worlds.officer("hai"), at=at, reader=reader) == 3
    assert ConversionPart.objects.count() == 2
    assert conversion.convert_next_part(conversion_id=prepared.pk, at=at)
    assert Entitlement.objects.filter(category="HTXH_75").count() == 1
    with pytest.raises(RateMissing):
        both.mirror.run(month(2025, 7), reckoned_on=LAW_OF_JULY)
    conversion.convert_all(conversion_id=prepared.pk, at=at)
    assert not conversion.convert_next_part(conversion_id=prepared.pk, at=at)
    pensions = Entitlement.objects.filter(category="HTXH_75").values_list("person", flat=True)
    assert sorted(pensions) == sorted([both.row(both_ages).pk, both.row(other).pk])
    assert Entitlement.objects.exclude(category="HTXH_75").exclude(last_month=date(2025, 6, 1)).count() == 0


def test_E12_the_preview_says_who_gains_and_loses_and_what_was_paid_already():
    # June: 500,000; severe and elderly 2.0 × 500,000, the higher, before and after; July: the social pension 500,000.
    # A province's own base of 600,000 made 5(5)(c) 600,000: the pension is the nation's 500,000.
    plain, disabled = person(date(1940, 1, 1)), person(date(1940, 1, 1))
    for who in (plain, disabled):
        grant(who, "BTXH_5.5c", month(2025, 6))
    grant(disabled, "BTXH_5.6_N", month(2025, 6))
    both = Both(plain, disabled)
    for m in (month(2025, 6), month(2025, 7)):
        both.pays(m, on=date(2025, 5, 20))
    figures = conversion_figures(conversion.preview(reader=province_reader()), on=LAW_OF_JULY)
    total = figures.total
    assert (total.people, total.losing, total.gaining) == (2, 0, 0)
    assert (total.before, total.after) == (1_500_000, 1_500_000)
    assert (figures.paid_months, figures.paid) == (1, 500_000)
    Base.objects.create(
        base_code="BTXH_STANDARD", area=worlds.commune().parent.parent, amount=600_000,
        applies_from=date(2025, 1, 1), in_force_from=date(2025, 1, 1), legal_source="Thử", confidence="assumed",
    )  # fmt: skip
    total = conversion_figures(conversion.preview(reader=province_reader()), on=LAW_OF_JULY).total
    assert (total.before, total.after, total.losing) == (600_000 + 1_200_000, 500_000 + 1_000_000, 2)
