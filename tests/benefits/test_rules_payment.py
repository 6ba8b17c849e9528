"""Rules S, A, D, G, H and P, one case each at least: the đồng by hand, the SQL and the oracle beside each other."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.access import Reader, province_reader
from accounts.models import RoleName
from areas.models import Unit
from beneficiaries.models import EndReason, Payee, PayeeRole, SuspensionGround
from beneficiaries.operations import grants, people, suspensions
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.grants import Decision
from beneficiaries.queries import collectors
from payments.models import Adjustment, Batch, Line, OverpaidDecision, Payment
from payments.operations import overpaid as decisions
from payments.operations.errors import SamePerson
from payments.operations.overpaid import Item, OverpaidRefused, Schedule
from payments.overpaid import DecisionKind
from payments.queries.explain import explain
from payments.queries.ledger import check_ledger
from payments.queries.overpaid import overpaid, uncollected
from tests import worlds
from tests.benefits.mirror import day
from tests.benefits.oracle import Change, Suspension, month
from tests.benefits.side_by_side import DEC, Both, grant, person

pytestmark = pytest.mark.django_db

JAN, FEB, MAR = month(2025, 1), month(2025, 2), month(2025, 3)
SIGNED = Decision("12/QĐ-UBND", date(2024, 12, 10), "Chủ tịch UBND xã")


@pytest.fixture(autouse=True)
def reference(db):
    worlds.load_reference()


def unclaimed(both: Both) -> None:
    for payment in both.mirror.payments():
        both.mirror.undelivered(payment, "unclaimed")
    for lines in both.ledger.lines.values():
        for line in lines:
            line.delivered = False


# S: suspension


def test_S01_three_months_uncollected_may_be_suspended_and_two_may_not():
    # Circular 02/2021 Art. 2(3)(a). 500,000 a month that nobody collects is carried until it is suspended.
    who = person()
    one = grant(who, "BTXH_5.5c")
    both = Both(who)
    for m in (DEC, JAN):
        both.pays(m)
        unclaimed(both)
    assert uncollected(reader=province_reader()) == []
    assert both.pays(FEB) == {f"BTXH_5.5c {m}": 500_000 for m in ("2024-12", "2025-01", "2025-02")}
    unclaimed(both)
    found = uncollected(reader=province_reader())
    assert [(f.person_id, f.months, f.since) for f in found] == [(both.row(who).pk, 3, day(DEC))]
    suspensions.suspend(
        entitlement=both.row(one), from_month=day(MAR), ground=SuspensionGround.UNCOLLECTED, decision=SIGNED
    )
    one.suspensions.append(Suspension(MAR))
    assert uncollected(reader=province_reader()) == []
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
    # Circular 02/2021 Art. 2(1)(đ), (3)(b): suspended by a decision of 10 December, ended after 10 March.
    who = person(date(1990, 1, 1))
    one = grant(who, "BTXH_5.6_N")
    both = Both(who)
    suspended = suspensions.suspend(
        entitlement=both.row(one),
        from_month=day(JAN),
        ground=SuspensionGround.REFUSED_ASSESSMENT,
        decision=SIGNED,
    )
    with pytest.raises(DecisionRefused):
        suspensions.end_after_refusal(suspension=suspended, decision=Decision("20", date(2025, 3, 9)))
    suspensions.end_after_refusal(suspension=suspended, decision=Decision("20", date(2025, 3, 10)))
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
        unclaimed(both)
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
    for m in (DEC, JAN, FEB, MAR):
        both.pays(m)
        unclaimed(both)
    assert uncollected(reader=province_reader()) == []
    with pytest.raises(DecisionRefused):
        suspensions.suspend(
            entitlement=both.row(one),
            from_month=day(MAR),
            ground=SuspensionGround.UNCOLLECTED,
            decision=SIGNED,
        )


# A: arrears and recovery


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


def overpaid_by_91000_twice() -> tuple[Both, list[Item]]:
    """An injury rate that was 21 % and not 22 % from December on, known in February; both months paid at 22 %."""
    who = person()
    one = grant(who, "TB", injury=22)
    both = Both(who)
    both.pays(DEC), both.pays(JAN)
    grants.change_facts(entitlement=both.row(one), from_month=day(DEC), injury_rate=21, decision=SIGNED)
    one.changes.append(Change(DEC, injury=21))
    assert both.pays(FEB) == {"TB 2025-02": 1_878_000}
    assert both.overpaid() == {"TB 2024-12": 91_000, "TB 2025-01": 91_000}
    return both, [Item(both.row(one).pk, day(m), 91_000) for m in (DEC, JAN)]


def decide(both: Both, kind: DecisionKind, items: list[Item], schedule: Schedule | None = None, number="7"):
    return decisions.prepare(
        person_id=both.row(both.people[0]).pk,
        scheme="NCC",
        kind=kind,
        items=items,
        number=f"{number}/QĐ-SNV",
        decided_on=date(2025, 2, 20),
        reason="Giám định lại",
        by=worlds.officer(f"chuyenvien{number}"),
        at=worlds.NOON,
        reader=province_reader(),
        schedule=schedule,
    )


def test_A02_a_lowered_rate_is_taken_back_by_decision_oldest_month_first():
    # Circular 44/2022 Art. 15(1): 182,000 in all, 100,000 from each payment: 91,000 + 9,000, then 82,000.
    both, items = overpaid_by_91000_twice()
    who = both.people[0]
    decision = decide(both, DecisionKind.RECOVER, items, Schedule(day(MAR), limit=100_000))
    with pytest.raises(SamePerson):
        decisions.confirm(decision_id=decision.pk, by=decision.prepared_by, at=worlds.NOON)
    decisions.confirm(decision_id=decision.pk, by=worlds.officer("lanhdao"), at=worlds.NOON)
    key = id(who.grants[0])
    for m, taken in ((MAR, {DEC: 91_000, JAN: 9_000}), (MAR + 1, {JAN: 82_000}), (MAR + 2, {})):
        on = date(m // 12, m % 12 + 1, 1)
        judged = both.ledger.pay(who, m, on)
        left = {(key, DEC): 91_000, (key, JAN): 91_000}
        judged += both.ledger.recover(left, who, m, on, 100_000)
        posted = both.mirror.run(m)
        assert posted == {(key, m): 1_878_000} | {(key, at): -amount for at, amount in taken.items()}
        assert posted == {(key, line.month): line.amount for line in judged}
        assert Payment.objects.order_by("-pk").first().amount == 1_878_000 - sum(taken.values())
    assert overpaid(reader=province_reader()) == []
    assert next(check_ledger()).broken == 0


def test_A02_a_recovery_that_did_not_reach_its_payment_is_taken_again():
    both, items = overpaid_by_91000_twice()
    decision = decide(both, DecisionKind.RECOVER, items, Schedule(day(MAR), share=100))
    decisions.confirm(decision_id=decision.pk, by=worlds.officer("lanhdao"), at=worlds.NOON)
    key = id(both.people[0].grants[0])
    taken = {(key, DEC): -91_000, (key, JAN): -91_000}
    assert both.mirror.run(MAR) == {(key, MAR): 1_878_000} | taken
    for payment in both.mirror.payments():
        both.mirror.undelivered(payment, "failed")
    assert both.mirror.run(MAR + 1) == {(key, MAR): 1_878_000, (key, MAR + 1): 1_878_000} | taken


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


def test_A04_nothing_is_netted_without_a_decision():
    both, items = overpaid_by_91000_twice()
    assert both.pays(MAR) == {"TB 2025-03": 1_878_000}
    waiting = decide(both, DecisionKind.RECOVER, items, Schedule(day(MAR + 1), share=50))
    assert both.pays(MAR + 1) == {"TB 2025-04": 1_878_000}  # prepared, not confirmed
    with pytest.raises(OverpaidRefused):  # another decision names the same money
        decide(both, DecisionKind.WAIVE, items, number="8")
    decisions.cancel(decision_id=waiting.pk, by=worlds.officer("lanhdao"), at=worlds.NOON)
    assert both.pays(MAR + 2) == {"TB 2025-05": 1_878_000}
    assert both.overpaid() == {"TB 2024-12": 91_000, "TB 2025-01": 91_000}


def test_A04_a_waiver_and_a_repayment_close_the_balance_by_adjustments_of_two_people():
    both, items = overpaid_by_91000_twice()
    second = worlds.officer("lanhdao")
    for kind, item, number in ((DecisionKind.WAIVE, items[0], "7"), (DecisionKind.REPAID, items[1], "8")):
        decision = decide(both, kind, [item], number=number)
        decisions.confirm(decision_id=decision.pk, by=second, at=worlds.NOON)
        with pytest.raises(OverpaidRefused):
            decisions.confirm(decision_id=decision.pk, by=second, at=worlds.NOON)
    key = id(both.people[0].grants[0])
    both.ledger.adjustments = {(key, DEC): 91_000, (key, JAN): 91_000}
    assert list(Adjustment.objects.order_by("pk").values_list("kind", "amount", "decision_number")) == [
        ("waived", 91_000, "7/QĐ-SNV"),
        ("repaid", 91_000, "8/QĐ-SNV"),
    ]
    assert both.pays(MAR) == {"TB 2025-03": 1_878_000}
    assert both.overpaid() == {}
    assert next(check_ledger()).broken == 0


def test_A04_the_database_refuses_one_person_who_decides_alone():
    both, items = overpaid_by_91000_twice()
    decision = decide(both, DecisionKind.WAIVE, items)
    with pytest.raises(IntegrityError), transaction.atomic():
        OverpaidDecision.objects.filter(pk=decision.pk).update(
            confirmed_by=decision.prepared_by, confirmed_at=worlds.NOON
        )


def test_A04_a_stopped_recovery_keeps_what_it_took_and_leaves_the_rest_open():
    both, items = overpaid_by_91000_twice()
    decision = decide(both, DecisionKind.RECOVER, items, Schedule(day(MAR), limit=100_000))
    decisions.confirm(decision_id=decision.pk, by=worlds.officer("lanhdao"), at=worlds.NOON)
    both.mirror.run(MAR)
    decisions.cancel(decision_id=decision.pk, by=decision.prepared_by, at=worlds.NOON)
    key = id(both.people[0].grants[0])
    assert both.mirror.run(MAR + 1) == {(key, MAR + 1): 1_878_000}
    assert [(one.month, one.open) for one in overpaid(reader=province_reader())] == [(day(JAN), 82_000)]


# D, G, H: death, payees, privacy


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

    assert who(date(2025, 1, 14)) == ["authorised", "guardian"]
    assert who(date(2025, 1, 15)) == ["guardian"]
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


# P: payment


def test_P03_the_list_tells_this_month_arrears_one_offs_and_what_was_unpaid_before():
    # Decree 20/2021 Art. 34(4): December uncollected, a new grant from December, serious injury support 10 × 500,000.
    who = person(date(1990, 1, 1))
    grant(who, "BTXH_5.6_N")
    both = Both(who)
    both.pays(DEC)
    unclaimed(both)
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
