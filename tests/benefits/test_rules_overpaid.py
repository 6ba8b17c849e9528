"""Rules A02 and A04, what was paid too much: the đồng by hand, SQL and oracle side by side."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.access import province_reader
from beneficiaries.operations import grants
from common.keyset import Place
from payments.models import Adjustment, DecisionKind, Excess, OverpaidDecision, Payment
from payments.operations import overpaid as decisions
from payments.operations.errors import SamePerson
from payments.operations.overpaid import Item, OverpaidRefused, Schedule
from payments.queries.ledger import check_ledger
from payments.queries.overpaid import overpaid, overpaid_page
from tests import worlds
from tests.benefits.facts import Change, month
from tests.benefits.mirror import day
from tests.benefits.side_by_side import DEC, SIGNED, Both, grant, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

JAN, FEB, MAR = month(2025, 1), month(2025, 2), month(2025, 3)


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


def correct_to(both: Both, injury: int) -> None:
    """The injury rate from December on, as the office now knows it."""
    one = both.people[0].grants[0]
    grants.change_facts(entitlement=both.row(one), from_month=day(DEC), injury_rate=injury, decision=SIGNED)
    one.changes[:] = [Change(DEC, injury=injury)]


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


def test_A04_a_decision_that_waits_takes_nothing_beside_one_that_is_confirmed():
    both, items = overpaid_by_91000_twice()
    parts = [Item(items[0].entitlement_id, items[0].month, amount) for amount in (50_000, 41_000)]
    schedule = Schedule(day(MAR), share=50)
    confirmed = decide(both, DecisionKind.RECOVER, parts[:1], schedule)
    decisions.confirm(decision_id=confirmed.pk, by=worlds.officer("lanhdao"), at=worlds.NOON)
    decide(both, DecisionKind.RECOVER, parts[1:], schedule, number="8")
    key = id(both.people[0].grants[0])
    assert both.mirror.run(MAR) == {(key, MAR): 1_878_000, (key, DEC): -50_000}


def test_A04_a_waiver_and_a_repayment_close_the_balance_by_adjustments_of_two_people():
    both, items = overpaid_by_91000_twice()
    second = worlds.officer("lanhdao")
    for kind, item, number in ((DecisionKind.WAIVE, items[0], "7"), (DecisionKind.REPAID, items[1], "8")):
        decision = decide(both, kind, [item], number=number)
        decisions.confirm(decision_id=decision.pk, by=second, at=worlds.NOON)
        with pytest.raises(OverpaidRefused):
            decisions.confirm(decision_id=decision.pk, by=second, at=worlds.NOON)
    key = id(both.people[0].grants[0])
    both.ledger.waived, both.ledger.adjustments = {(key, DEC): 91_000}, {(key, JAN): 91_000}
    assert list(Adjustment.objects.order_by("pk").values_list("kind", "amount", "decision_number")) == [
        ("waived", 91_000, "7/QĐ-SNV"),
        ("repaid", 91_000, "8/QĐ-SNV"),
    ]
    assert both.pays(MAR) == {"TB 2025-03": 1_878_000}
    assert both.overpaid() == {}
    assert next(check_ledger()).broken == 0


def test_A04_a_waiver_whose_cause_is_withdrawn_ends_and_pays_nothing():
    # Paid at 22 %, 1,969,000; lowered to 21 %, 1,878,000, the 91,000 of December waived; then 22 % was right after all.
    both, items = overpaid_by_91000_twice()
    key = id(both.people[0].grants[0])
    decision = decide(both, DecisionKind.WAIVE, items[:1])
    decisions.confirm(decision_id=decision.pk, by=worlds.officer("lanhdao"), at=worlds.NOON)
    both.ledger.waived = {(key, DEC): 91_000}
    correct_to(both, 22)
    assert both.pays(MAR) == {"TB 2025-02": 91_000, "TB 2025-03": 1_969_000}
    assert both.ledger.waived == {(key, DEC): 0}
    kept = Adjustment.objects.order_by("pk").values_list("kind", "amount", "decision_number")
    assert list(kept) == [("waived", 91_000, "7/QĐ-SNV"), ("waived", -91_000, "7/QĐ-SNV")]
    # Lowered once more: the old waiver forgives nothing of it.
    correct_to(both, 21)
    assert both.pays(MAR + 1) == {"TB 2025-04": 1_878_000}
    assert both.overpaid() == {f"TB {m}": 91_000 for m in ("2024-12", "2025-01", "2025-02", "2025-03")}
    assert next(check_ledger()).broken == 0


def test_A04_a_waiver_forgives_only_what_its_remaining_cause_made():
    # Paid at 23 %, 2,053,000, lowered to 21 %, 1,878,000; 22 %, 1,969,000, leaves 84,000 of the 175,000 waived.
    who = person()
    one = grant(who, "TB", injury=23)
    both = Both(who)
    assert both.pays(DEC) == {"TB 2024-12": 2_053_000}
    correct_to(both, 21)
    both.pays(JAN)
    decision = decide(both, DecisionKind.WAIVE, [Item(both.row(one).pk, day(DEC), 175_000)])
    decisions.confirm(decision_id=decision.pk, by=worlds.officer("lanhdao"), at=worlds.NOON)
    both.ledger.waived = {(id(one), DEC): 175_000}
    correct_to(both, 22)
    assert both.pays(FEB) == {"TB 2025-01": 91_000, "TB 2025-02": 1_969_000}
    assert both.ledger.waived == {(id(one), DEC): 84_000}
    assert both.overpaid() == {}


def test_A04_what_was_repaid_is_owed_again_once_its_cause_is_withdrawn():
    both, items = overpaid_by_91000_twice()
    decision = decide(both, DecisionKind.REPAID, items[:1])
    decisions.confirm(decision_id=decision.pk, by=worlds.officer("lanhdao"), at=worlds.NOON)
    both.ledger.adjustments = {(id(both.people[0].grants[0]), DEC): 91_000}
    correct_to(both, 22)
    assert both.pays(MAR) == {"TB 2024-12": 91_000, "TB 2025-02": 91_000, "TB 2025-03": 1_969_000}


def test_A04_the_list_of_overpayments_follows_what_recoveries_and_decisions_settle():
    both, items = overpaid_by_91000_twice()

    def listed() -> list[tuple[date, int]]:
        page = overpaid_page(reader=province_reader(), place=Place())
        return [(one.month, one.overpaid) for one in page.rows]

    assert listed() == [(day(DEC), 91_000), (day(JAN), 91_000)]
    second = worlds.officer("lanhdao")
    waiver = decide(both, DecisionKind.WAIVE, items[:1])
    decisions.confirm(decision_id=waiver.pk, by=second, at=worlds.NOON)
    assert listed() == [(day(JAN), 91_000)]
    recovery = decide(both, DecisionKind.RECOVER, items[1:], Schedule(day(MAR), share=100), number="8")
    decisions.confirm(decision_id=recovery.pk, by=second, at=worlds.NOON)
    both.mirror.run(MAR)
    assert listed() == []
    assert not Excess.objects.exists()


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
