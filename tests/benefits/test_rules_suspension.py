"""Rules S01 to S07 and A03, suspending and resuming: the đồng by hand, SQL and oracle side by side."""

from __future__ import annotations

from datetime import date

import pytest

from beneficiaries.models import EndReason, SuspensionGround
from beneficiaries.operations import grants, suspensions
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.grants import Decision
from payments.models import Payment
from tests.benefits.facts import Suspension, month
from tests.benefits.mirror import day
from tests.benefits.side_by_side import DEC, SIGNED, Both, grant, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

JAN, FEB, MAR = month(2025, 1), month(2025, 2), month(2025, 3)


def test_S01_money_uncollected_for_three_months_is_carried_until_it_is_suspended():
    # Circular 02/2021 Art. 2(3)(a): 500,000 a month. Who is asked about: tests/postal/test_post_settlement.py.
    who = person()
    one = grant(who, "BTXH_5.5c")
    both = Both(who)
    for m in (DEC, JAN):
        both.pays(m)
        both.unclaimed()
    assert both.pays(FEB) == {f"BTXH_5.5c {m}": 500_000 for m in ("2024-12", "2025-01", "2025-02")}
    both.unclaimed()
    suspensions.suspend(
        entitlement=both.row(one), from_month=day(MAR), ground=SuspensionGround.UNCOLLECTED, decision=SIGNED
    )
    one.suspensions.append(Suspension(MAR))
    assert both.pays(MAR) == {f"BTXH_5.5c {m}": 500_000 for m in ("2024-12", "2025-01", "2025-02")}


def test_S02_remand_suspends_social_protection():
    # Circular 02/2021 Art. 2(3)(c): nothing is due while suspended.
    who = person()
    one = grant(who, "BTXH_5.5c")
    both = Both(who)
    suspensions.suspend(
        entitlement=both.row(one), from_month=day(JAN), ground=SuspensionGround.REMAND, decision=SIGNED
    )
    one.suspensions.append(Suspension(JAN))
    assert both.pays(DEC) == {"BTXH_5.5c 2024-12": 500_000}
    assert both.pays(JAN) == {}


def test_S03_a_refused_re_assessment_suspends_and_ends_the_benefit_three_months_later():
    # Circular 02/2021 Art. 2(1)(đ), (3)(b): suspended by a decision of 10 December, ended after 10 March: the day
    # of the decision is not counted (Civil Code Art. 147(2)), and 10 March 2025 is a Monday.
    who = person(date(1990, 1, 1))
    one = grant(who, "BTXH_5.6_N")
    both = Both(who)
    suspensions.suspend(
        entitlement=both.row(one),
        from_month=day(JAN),
        ground=SuspensionGround.REFUSED_ASSESSMENT,
        decision=SIGNED,
    )

    def end(signed: date) -> None:
        suspensions.end_after_refusal(
            entitlement=both.row(one), last_month=day(MAR), decision=Decision("20", signed)
        )

    with pytest.raises(DecisionRefused, match="10/03/2025"):
        end(date(2025, 3, 10))
    end(date(2025, 3, 11))
    one.suspensions.append(Suspension(JAN))
    one.last = MAR
    assert (both.row(one).last_month, both.row(one).end_reason) == (date(2025, 3, 1), EndReason.REFUSED)
    assert both.pays(DEC) == {"BTXH_5.6_N 2024-12": 750_000}
    assert both.pays(month(2025, 4)) == {}


def test_S04_prison_ends_social_protection_after_the_month_of_the_event():
    # Circular 02/2021 Art. 2(1): sentenced in December; December is payable.
    who = person()
    one = grant(who, "BTXH_5.5c")
    both = Both(who)
    grants.end(entitlement=both.row(one), last_month=day(DEC), reason=EndReason.IMPRISONED, decision=SIGNED)
    one.last = DEC
    assert both.pays(DEC) == {"BTXH_5.5c 2024-12": 500_000}
    assert both.pays(JAN) == {}


def test_S05_six_months_uncollected_stop_nothing_of_themselves():
    # The six months' rule is that of social insurance pensions. 1,878,000 a month is carried seven times over.
    who = person()
    grant(who, "TB", injury=21)
    both = Both(who)
    for number in range(6):
        both.pays(DEC + number)
        both.unclaimed()
    assert set(both.pays(DEC + 6).values()) == {1_878_000}
    assert Payment.objects.order_by("-pk").first().amount == 7 * 1_878_000


def test_S06_prison_suspends_revolutionary_contributions_and_not_social_protection():
    # Ordinance 02/2020 Art. 54.
    veteran, elder = person(), person()
    war, old = grant(veteran, "TB", injury=21), grant(elder, "BTXH_5.5c")
    both = Both(veteran, elder)
    suspensions.suspend(
        entitlement=both.row(war), from_month=day(DEC), ground=SuspensionGround.PRISON, decision=SIGNED
    )
    war.suspensions.append(Suspension(DEC))
    with pytest.raises(DecisionRefused):
        suspensions.suspend(
            entitlement=both.row(old), from_month=day(DEC), ground=SuspensionGround.PRISON, decision=SIGNED
        )
    assert both.pays(DEC) == {"BTXH_5.5c 2024-12": 500_000}


def test_S07_uncollected_money_never_suspends_revolutionary_contributions():
    who = person()
    one = grant(who, "TB", injury=21)
    both = Both(who)
    with pytest.raises(DecisionRefused):
        suspensions.suspend(
            entitlement=both.row(one),
            from_month=day(MAR),
            ground=SuspensionGround.UNCOLLECTED,
            decision=SIGNED,
        )


def test_A03_suspended_months_are_paid_back_only_by_decision():
    # Circular 02/2021 Art. 6(1)(b): December and January suspended, resumed in February: with 2 × 500,000, or without.
    paid_back, lost = person(), person()
    both_grants = [grant(who, "BTXH_5.5c") for who in (paid_back, lost)]
    both = Both(paid_back, lost)
    for one, arrears in zip(both_grants, (True, False), strict=True):
        row = suspensions.suspend(
            entitlement=both.row(one), from_month=day(DEC), ground=SuspensionGround.REMAND, decision=SIGNED
        )
        suspensions.resume(suspension=row, from_month=day(FEB), arrears=arrears, decision=SIGNED)
        with pytest.raises(DecisionRefused):
            suspensions.resume(suspension=row, from_month=day(MAR), arrears=True, decision=SIGNED)
        one.suspensions.append(Suspension(DEC, JAN, arrears))
    both.pays(FEB)
    amounts = Payment.objects.order_by("person_id").values_list("amount", flat=True)
    assert list(amounts) == [1_500_000, 500_000]
