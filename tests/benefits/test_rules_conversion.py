"""Rule E12, the social pension in place of 5(5)(b) and (c): the đồng by hand, SQL and oracle side by side."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.access import province_reader
from beneficiaries.models import Entitlement
from beneficiaries.operations.errors import DecisionRefused
from payments.operations import conversion
from payments.queries.ledger import check_ledger
from tests import worlds
from tests.benefits.facts import Grant, Suspension, month
from tests.benefits.side_by_side import SIGNED, Both, grant, granted, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

LAW_OF_JULY = date(2025, 7, 1)


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
