"""Sixteen threads at the same thing, round after round (`--race-rounds`, 200 in `make fault`): one winner each.

Every guard has its control: without it the mistake that it prevents is there.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection, transaction

from beneficiaries.models import Entitlement, Reckon
from desk.queries.ledger import check_ledger
from payments.models import Adjustment, Batch, Cycle, Event, Line, Payment, Round, Slice
from payments.operations import batches, closing, generation
from payments.operations.closing import StatementItem
from payments.operations.outcomes import Reported, record_outcomes
from payments.transitions import Outcome
from tests import worlds
from tests.faults.test_races import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

THREADS = 16
NOVEMBER, DECEMBER = date(2024, 11, 1), date(2024, 12, 1)


@pytest.fixture
def officers(transactional_db, settings):
    worlds.load_reference()
    settings.SLICE_PEOPLE = 4
    for number in range(12):
        worlds.grant(worlds.person(f"Nguyễn Thị Số {number}"), "BTXH_5.5c", since=DECEMBER, queue=False)
    return [worlds.officer(f"can-bo-{number}") for number in range(THREADS + 2)]


@pytest.fixture
def rounds(request) -> range:
    return range(request.config.getoption("--race-rounds"))


def begin_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE payments_cycle, payments_message, beneficiaries_reckon, postal_tally CASCADE"
        )


def opened(cycle: Cycle | None = None) -> Round:
    cycle = cycle or generation.open_cycle(month=DECEMBER)
    return generation.open_round(cycle=cycle, routed_on=DECEMBER, at=worlds.NOON)


def kinds(results: list[object]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def ledger_is_clean() -> bool:
    return not any(invariant.broken for invariant in check_ledger())


def halves(first: Callable[[int], object], second: Callable[[int], object]) -> list[object]:
    """Eight threads of the one against eight of the other."""
    calls = [lambda n=n, call=call: call(n) for n in range(THREADS // 2) for call in (first, second)]
    return at_once(*calls)


def test_sixteen_generators_make_each_slice_once(officers, rounds):
    for _round in rounds:
        begin_again()
        made = opened()
        at_once(*[lambda made=made: generation.drain_round(round_id=made.pk, at=worlds.clock)] * THREADS)
        assert Counter(Payment.objects.values_list("person", flat=True)).most_common(1)[0][1] == 1
        assert (Payment.objects.count(), Line.objects.count()) == (12, 12)
        assert ledger_is_clean()


def test_control_a_slice_that_nobody_locks_is_made_by_two_and_only_the_key_refuses(officers):
    begin_again()
    made = opened()
    together = threading.Barrier(2)

    def without_lock() -> str:
        piece = Slice.objects.filter(round=made).select_related("round__cycle").order_by("number")[0]
        together.wait()
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                generation._generate(cursor, piece, worlds.NOON)
        except Exception as refusal:
            return type(refusal).__name__
        return "made"

    assert Counter(at_once(without_lock, without_lock)) == {"made": 1, "IntegrityError": 1}


def test_sixteen_who_open_a_round_open_one(officers, rounds):
    for _round in rounds:
        begin_again()
        cycle = generation.open_cycle(month=DECEMBER)
        results = at_once(*[lambda cycle=cycle: opened(cycle)] * THREADS)
        assert kinds(results) == {"Round": 1, "RoundInProgress": THREADS - 1}
        assert Round.objects.count() == 1


def submitted(officers) -> Batch:
    begin_again()
    generation.drain_round(round_id=opened().pk, at=worlds.clock)
    return batches.submit(batch_id=Batch.objects.get().pk, by=officers[0], at=worlds.NOON)


def test_of_sixteen_approvers_one_approves(officers, rounds):
    for _round in rounds:
        batch = submitted(officers)
        results = at_once(
            *[
                lambda batch=batch, by=by: batches.approve(batch_id=batch.pk, by=by, at=worlds.NOON)
                for by in officers[1 : THREADS + 1]
            ]
        )
        assert kinds(results) == {"Batch": 1, "MoveRefused": THREADS - 1}
        assert Event.objects.filter(batch=batch, to_state="approved").count() == 1
        assert ledger_is_clean()


def test_control_without_lock_and_guard_every_approver_approves(officers, monkeypatch):
    batch = submitted(officers)
    together = threading.Barrier(4)

    def read(*, batch_id: int) -> Batch:
        found = Batch.objects.select_related("round__cycle").get(pk=batch_id)
        together.wait()
        return found

    def move(*, batch: Batch, to: str, at: object, by: object, **_: object) -> None:
        Event.objects.create(batch=batch, from_state=batch.state, to_state=to, at=at, by=by)

    monkeypatch.setattr(batches, "lock_batch", read)
    monkeypatch.setattr(batches, "move_batch", move)
    at_once(
        *[lambda by=by: batches.approve(batch_id=batch.pk, by=by, at=worlds.NOON) for by in officers[1:5]]
    )
    assert Event.objects.filter(batch=batch, to_state="approved").count() == 4


def approval_counts_what_stood_there(batch: Batch) -> bool:
    """The approval counted the payment that was withdrawn if, and only if, it came first."""
    approved = Event.objects.get(batch=batch, to_state="approved")
    withdrawn = Event.objects.get(payment__batch=batch, to_state=Outcome.WITHDRAWN)
    batch.refresh_from_db()
    return batch.approved_count == (12 if approved.pk < withdrawn.pk else 11)


def test_an_approval_counts_exactly_what_withdrawals_leave(officers, rounds):
    for _round in rounds:
        batch = submitted(officers)
        payment = batch.payments.order_by("pk")[3]
        results = halves(
            lambda n, batch=batch: batches.approve(batch_id=batch.pk, by=officers[n + 1], at=worlds.NOON),
            lambda n, payment=payment: batches.withdraw(
                payment_id=payment.pk, by=officers[n + 9], at=worlds.NOON, reason="chết"
            ),
        )
        assert kinds(results) == {"Batch": 1, "NoneType": 1, "MoveRefused": THREADS - 2}
        assert approval_counts_what_stood_there(batch)
        assert ledger_is_clean()


def test_control_an_approval_that_locks_nothing_counts_what_is_no_longer_there(officers, monkeypatch):
    batch = submitted(officers)
    payment = batch.payments.order_by("pk")[3]
    counted, gone = threading.Event(), threading.Event()
    lock, totals = batches.lock_batch, batches.batch_totals

    def unlocked(*, batch_id: int) -> Batch:
        if threading.current_thread().name == "approver":
            return Batch.objects.select_related("round__cycle").get(pk=batch_id)
        return lock(batch_id=batch_id)

    def slowly(*, batch_id: int) -> object:
        found = totals(batch_id=batch_id)
        counted.set()
        gone.wait(60)
        return found

    def approves() -> None:
        threading.current_thread().name = "approver"
        batches.approve(batch_id=batch.pk, by=officers[1], at=worlds.NOON)

    def withdraws() -> None:
        counted.wait(60)
        batches.withdraw(payment_id=payment.pk, by=officers[2], at=worlds.NOON, reason="chết")
        gone.set()

    monkeypatch.setattr(batches, "lock_batch", unlocked)
    monkeypatch.setattr(batches, "batch_totals", slowly)
    at_once(approves, withdraws)
    assert not approval_counts_what_stood_there(batch)


def test_a_change_during_generation_is_paid_once_now_or_by_the_next_round(officers, rounds):
    people = [grant.person for grant in Entitlement.objects.select_related("person").order_by("pk")[:8]]
    for _round in rounds:
        begin_again()
        made = opened()
        halves(
            lambda _n, made=made: generation.drain_round(round_id=made.pk, at=worlds.clock),
            _change_of(people),
        )
        worlds.run_round(DECEMBER)
        paid = Counter(Line.objects.values_list("entitlement", "for_month"))
        assert set(paid.values()) == {1}
        assert len(paid) == 12 + 8  # December of all, November of those whose grant was dated back
        assert not Reckon.objects.exists()
        assert ledger_is_clean()
        Entitlement.objects.update(from_month=DECEMBER, settled_before=DECEMBER)


def _change_of(people: list) -> Callable[[int], None]:
    """A decision dates one person's grant back to November, with its look back in the same transaction."""

    def change(n: int) -> None:
        with transaction.atomic():
            Entitlement.objects.filter(person=people[n]).update(from_month=NOVEMBER, settled_before=NOVEMBER)
            worlds.reckon(people[n], NOVEMBER)

    return change


def test_control_generation_that_deletes_more_than_it_read_loses_the_change(officers, monkeypatch):
    begin_again()
    made = opened()
    who = Entitlement.objects.select_related("person").order_by("pk")[0].person
    generate = generation._generate

    def greedy(cursor, piece, at):
        result = generate(cursor, piece, at)
        if piece.person_from <= who.pk < piece.person_to:
            at_once(lambda: _change_of([who])(0))
        cursor.execute("DELETE FROM beneficiaries_reckon")
        return result

    monkeypatch.setattr(generation, "_generate", greedy)
    generation.drain_round(round_id=made.pk, at=worlds.clock)
    monkeypatch.undo()
    worlds.run_round(DECEMBER)
    assert not Line.objects.filter(for_month=NOVEMBER).exists()


def settled(officers) -> Payment:
    """Everybody paid, the list settled, the statement agrees, the close prepared."""
    batch = submitted(officers)
    batches.approve(batch_id=batch.pk, by=officers[1], at=worlds.NOON)
    voucher = batches.Voucher("RDT-12", DECEMBER, batch.amount)
    batches.fund(batch_id=batch.pk, voucher=voucher, by=officers[2], at=worlds.NOON)
    sent = batches.release(batch_id=batch.pk, by=officers[2], at=worlds.NOON)
    batches.acknowledge(
        batch_id=batch.pk, count=sent.released_count, amount=sent.released_amount, at=worlds.NOON
    )
    paid = list(batch.payments.order_by("pk"))
    report(paid, Outcome.PAID, "m")
    batches.settle(batch_id=batch.pk, by=officers[0], at=worlds.NOON)
    items = [StatementItem(str(payment.pk), "paid", payment.amount, DECEMBER) for payment in paid]
    closing.load_statement(provider=batch.provider_id, month=DECEMBER, statement="12", items=items)
    closing.prepare_close(month=DECEMBER, by=officers[0])
    return paid[0]


def report(payments: list[Payment], outcome: str, message: str) -> object:
    items = [Reported(payment_id=one.pk, outcome=outcome, on=DECEMBER) for one in payments]
    return record_outcomes(
        provider=payments[0].batch.provider_id, message_id=message, items=items, at=worlds.NOON
    )


def returned_where(payment: Payment) -> tuple[str, str | None, int]:
    """The cycle's state, the payment's outcome, and how many adjustments say that it came back."""
    payment.refresh_from_db()
    return Cycle.objects.get().state, payment.outcome, Adjustment.objects.filter(kind="returned").count()


def test_a_late_return_is_in_the_cycle_or_beside_it_and_never_both(officers, rounds):
    for _round in rounds:
        payment = settled(officers)
        results = halves(
            lambda n: closing.close(month=DECEMBER, by=officers[n + 1], at=worlds.NOON),
            lambda n, payment=payment: report([payment], Outcome.RETURNED, f"r{n}"),
        )
        # Returned before the close, the statement no longer agrees and the close is refused.
        assert returned_where(payment) in {("closed", "paid", 1), ("open", "returned", 0)}
        assert kinds(results)["Cycle"] == (Cycle.objects.get().state == "closed")
        assert ledger_is_clean()


def test_control_a_close_that_locks_nothing_seals_what_has_just_changed(officers, monkeypatch):
    payment = settled(officers)
    digest_of = closing._chained_digest

    def then_a_return(cycle):
        digest = digest_of(cycle)
        at_once(lambda: report([payment], Outcome.RETURNED, "r"))
        return digest

    monkeypatch.setattr(closing, "_refuse_unfinished", lambda cycle: None)
    monkeypatch.setattr(closing, "_chained_digest", then_a_return)
    closing.close(month=DECEMBER, by=officers[1], at=worlds.NOON)
    assert returned_where(payment) == ("closed", "returned", 0)
    assert bytes(Cycle.objects.get().digest) != digest_of(Cycle.objects.get())
