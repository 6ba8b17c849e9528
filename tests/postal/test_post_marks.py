"""Marks of the pay desk: kept once, merged to one state in any order, sealed into results."""

import uuid
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import IntegrityError, InternalError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.queries.ledger import check_ledger
from payments.models import Adjustment, Batch, Payment
from payments.operations import stop_orders
from payments.operations.outcomes import Reported, record_outcomes
from postal.merge import Conflict, Decided, Said, merge
from postal.models import Correction, Mark, Notice
from postal.operations import calendar, corrections, marks
from postal.operations.errors import PostalError
from postal.operations.marks import NewMark
from postal.queries.marks import day_states
from tests import desk_world, worlds
from tests.postal.world import FIFTH

MORNING = datetime(2024, 12, 5, 1, tzinfo=UTC)
EVENING = MORNING + timedelta(hours=9)
A, B = uuid.UUID(int=1), uuid.UUID(int=2)


def paid(payment, minute=0, device=A, **facts):
    return NewMark(
        id=uuid.uuid4(), payment=payment.pk, kind="paid", device=device,
        marked_at=MORNING + timedelta(minutes=minute), receipt=facts.pop("receipt", "BN-1"), **facts,
    )  # fmt: skip


def absent(payment, minute=0, reason="absent", device=A):
    return NewMark(
        id=uuid.uuid4(), payment=payment.pk, kind="not_paid", device=device, reason=reason,
        marked_at=MORNING + timedelta(minutes=minute),
    )  # fmt: skip


def send(world, *sent, by=None, at=EVENING):
    found = marks.receive_marks(day=world.day, marks=sent, by=by or world.clerk, at=at)
    return [answer.state for answer in found]


def test_a_mark_sent_again_changes_nothing_and_its_number_is_not_reused(world):
    one, *_rest = world.payments()
    mark = paid(one)
    assert send(world, mark) == ["kept"]
    assert send(world, mark, mark) == ["repeated", "repeated"]
    other = NewMark(**{**{name: getattr(mark, name) for name in mark.__slots__}, "receipt": "BN-2"})
    assert send(world, other) == ["refused"]
    assert Mark.objects.get().receipt == "BN-1"


def test_a_mark_that_is_not_whole_or_not_of_this_list_is_refused_by_its_number(world):
    one, two, *_rest = world.payments()
    stranger = paid(Payment.objects.exclude(batch=world.batch)[0])
    ahead = paid(one, minute=60 * 24)
    assert send(world, stranger, paid(one, receipt=" "), absent(one, reason="bored"), ahead, paid(two)) == [
        "refused", "refused", "refused", "refused", "kept",
    ]  # fmt: skip


def test_a_mark_never_changes(world):
    send(world, paid(world.payments()[0]))
    for change in (lambda: Mark.objects.update(receipt="x"), lambda: Mark.objects.all().delete()):
        with pytest.raises((InternalError, IntegrityError), match="append-only"), transaction.atomic():
            change()


def test_absent_in_the_morning_and_paid_later_is_paid_without_a_conflict(world):
    one, *_rest = world.payments()
    send(world, paid(one, minute=90), absent(one, minute=5))
    state = day_states(day=world.day)[one.pk]
    assert (state.kind, state.conflicts) == ("paid", frozenset())


def test_two_clerks_paying_one_person_and_a_later_denial_are_conflicts(world):
    one, two, *_rest = world.payments()
    send(world, paid(one, 1), paid(two, 1))
    send(world, paid(one, 2, device=B), absent(two, 2, device=B), by=world.desk.officers["second_clerk"])
    states = day_states(day=world.day)
    assert states[one.pk].conflicts == {Conflict.TWICE}
    assert states[two.pk].conflicts == {Conflict.CONTRADICTS}
    with pytest.raises(PostalError, match="mâu thuẫn"):
        marks.seal_day(day=world.day, by=world.clerk, at=EVENING)


def test_sealing_records_the_paid_ones_once_and_later_marks_are_exceptions(world):
    one, two, three, _four = world.payments()
    send(world, paid(one), absent(two))
    assert marks.seal_day(day=world.day, by=world.clerk, at=EVENING) == 1
    one.refresh_from_db()
    assert (one.outcome, one.outcome_on) == ("paid", FIFTH)
    with pytest.raises(PostalError):
        marks.seal_day(day=world.day, by=world.clerk, at=EVENING)
    assert send(world, paid(three), at=EVENING + timedelta(hours=1)) == ["late"]
    state = day_states(day=world.day)[three.pk]
    assert (state.kind, state.conflicts) == ("", {Conflict.LATE})


def test_a_payment_stopped_meanwhile_is_a_conflict_not_a_result(world):
    one, *_rest = world.payments()
    order = stop_orders.order_stop(
        payment_id=one.pk, by=world.desk.officers["approver"], at=worlds.NOON, reason="Đã mất"
    )
    stop_orders.answer_stop(stop_id=order.pk, stopped=True, at=worlds.NOON)
    send(world, paid(one))
    assert day_states(day=world.day)[one.pk].conflicts == {Conflict.STOPPED}


def test_a_reported_death_or_move_asks_the_commune_once(world):
    one, two, *_rest = world.payments()
    send(world, absent(one, reason="died"), absent(two, reason="moved"))
    send(world, absent(one, 5, reason="died"))
    assert sorted(Notice.objects.values_list("person", "kind")) == sorted(
        [(one.person_id, "died"), (two.person_id, "moved")]
    )


def test_a_correction_takes_a_reason_and_a_second_person(world):
    one, *_rest = world.payments()
    second = world.desk.officers["second_clerk"]
    send(world, paid(one, 1))
    send(world, paid(one, 2, device=B), by=second)
    with pytest.raises(PostalError, match="lý do"):
        corrections.ask_correction(payment=one, wanted="paid", reason=" ", by=world.clerk, at=EVENING)
    asked = corrections.ask_correction(
        payment=one, wanted="paid", reason="Một lần, hai máy", by=world.clerk, at=EVENING
    )
    with pytest.raises(PostalError):
        corrections.decide_correction(correction_id=asked.pk, accept=True, by=world.clerk, at=EVENING)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        Correction.objects.update(decided_by=world.clerk, decided_at=EVENING, accepted=True)
    corrections.decide_correction(correction_id=asked.pk, accept=True, by=second, at=EVENING)
    assert day_states(day=world.day)[one.pk].conflicts == frozenset()
    assert marks.seal_day(day=world.day, by=world.clerk, at=EVENING) == 1


def test_what_was_not_paid_after_all_returns_and_is_owed_again(world):
    one, *_rest = world.payments()
    send(world, paid(one))
    marks.seal_day(day=world.day, by=world.clerk, at=EVENING)
    asked = corrections.ask_correction(
        payment=one, wanted="not_paid", reason="Ghi nhầm người", by=world.clerk, at=EVENING
    )
    approver = world.desk.officers["approver"]
    corrections.decide_correction(correction_id=asked.pk, accept=True, by=approver, at=EVENING)
    one.refresh_from_db()
    assert one.outcome == "returned"


def test_cash_handed_out_after_it_counted_as_unclaimed_is_owed_no_more(world):
    one, *_rest = world.payments()
    record_outcomes(
        provider="POST", message_id="x", items=[Reported(one.pk, "unclaimed", FIFTH)], at=worlds.NOON
    )
    asked = corrections.ask_correction(
        payment=one, wanted="paid", reason="Tìm thấy chữ ký", by=world.clerk, at=EVENING
    )
    approver = world.desk.officers["approver"]
    corrections.decide_correction(correction_id=asked.pk, accept=True, by=approver, at=EVENING)
    # Three months at 500,000 đồng.
    assert [a.amount for a in Adjustment.objects.order_by("for_month")] == [-500_000] * 3
    worlds.run_round(worlds.NOON.date().replace(day=1))
    assert not Payment.objects.filter(person=one.person, batch__round__number=1).exists()
    assert [found.id for found in check_ledger() if found.broken] == []


def said(payment: int, kind: str, minute: int, device: int, number: int) -> Said:
    at = MORNING + timedelta(minutes=minute)
    return Said(uuid.UUID(int=device << 64 | number), payment, kind, at, EVENING)


def device_marks(random, device: int) -> list[Said]:
    return [
        said(random.randint(1, 500), random.choice(["paid", "not_paid"]), random.randint(0, 400), device, n)
        for n in range(500)
    ]


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=True), st.integers(0, 3))
def test_marks_of_500_payments_on_two_devices_merge_to_the_same_state_in_any_order(random, decided):
    sent = [*device_marks(random, 1), *device_marks(random, 2)]
    settled = [Decided(payment, "paid", EVENING) for payment in range(1, decided)]
    expected = merge(sent, corrections=settled)
    assert any(state.conflicts for state in expected.values())
    for _turn in range(3):
        mixed = [*sent, *random.sample(sent, 100)]
        random.shuffle(mixed)
        assert merge(mixed, corrections=settled) == expected
    by_hand = {mark.payment for mark in sent if mark.kind == "paid"} | set(range(1, decided))
    assert {payment for payment, state in expected.items() if state.kind == "paid"} == by_hand


def test_500_payments_marked_on_two_devices_come_to_one_state_in_the_database(world):
    for number in range(496):
        worlds.grant(worlds.person(f"Lê Thị {number:03}"), "BTXH_5.5c", since=worlds.NOON.date())
    worlds.run_round(worlds.NOON.date())
    late = Batch.objects.get(round__number=1, provider="POST")
    desk_world.bring(late, "acknowledged", world.desk)
    calendar.list_payments(month=late.round.cycle_id, communes=[world.point.commune_id], at=worlds.NOON)
    payments = list(Payment.objects.filter(listing__pay_day=world.day).order_by("pk"))
    assert len(payments) == 500
    chance = Random(7)
    a = [chance.choice([paid, absent])(payment, chance.randint(0, 400)) for payment in payments]
    b = [chance.choice([paid, absent])(payment, chance.randint(0, 400), device=B) for payment in payments]
    parts = [part[at : at + 100] for part in (a, b) for at in range(0, 500, 100)]
    found = []
    for _turn in range(3):
        chance.shuffle(parts)
        with transaction.atomic():
            for part in [*parts, parts[0]]:
                send(world, *part)
            found.append(day_states(day=world.day))
            transaction.set_rollback(True)
    assert found[0] == found[1] == found[2]
    both = {payment.pk: {one.kind, two.kind} for payment, one, two in zip(payments, a, b, strict=True)}
    assert {pk: state.kind for pk, state in found[0].items()} == {
        pk: "paid" if "paid" in kinds else "not_paid" for pk, kinds in both.items()
    }
    assert all(
        Conflict.TWICE in found[0][one.payment].conflicts
        for one, two in zip(a, b, strict=True)
        if one.kind == two.kind == "paid"
    )


def test_the_database_holds_the_same_state_whichever_device_comes_first(world):
    one, two, three, four = world.payments()
    a = [paid(one, 1), absent(two, 3), paid(three, 4), absent(four, 9)]
    b = [paid(one, 2, device=B), paid(two, 5, device=B), absent(three, 8, device=B)]
    found = []
    for order in ((a, b), (b, a), (a[:2], b, a, b)):
        with transaction.atomic():
            for number, part in enumerate(order):
                send(world, *part, at=EVENING + timedelta(minutes=number))
            found.append(day_states(day=world.day))
            transaction.set_rollback(True)
    assert found[0] == found[1] == found[2]
    assert [found[0][payment.pk].kind for payment in (one, two, three, four)] == [
        "paid", "paid", "paid", "not_paid",
    ]  # fmt: skip
