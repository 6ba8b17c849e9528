"""Two who do the same at once: one wins, nothing is paid twice. Each guard has its control: off, the bug shows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, transaction

from beneficiaries.models import Reckon
from desk.queries.ledger import check_ledger
from payments.models import Batch, Line, Payment, Round
from payments.operations import batches, generation
from payments.operations.errors import PaymentsError, RoundInProgress
from tests import worlds

pytestmark = pytest.mark.django_db(transaction=True)

NOVEMBER, DECEMBER = date(2024, 11, 1), date(2024, 12, 1)


@pytest.fixture(autouse=True)
def reference(transactional_db, settings):
    worlds.load_reference()
    settings.SLICE_PEOPLE = 5


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads that start together, each on its own connection; results or refusals in order."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            barrier.wait()
            return call()
        except PaymentsError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def people(count: int, since: date = DECEMBER) -> None:
    for number in range(count):
        worlds.grant(worlds.person(f"Nguyễn Thị Số {number}"), "BTXH_5.5c", since=since, queue=False)


def ledger_is_clean() -> bool:
    return not [invariant for invariant in check_ledger() if invariant.broken]


def test_four_generators_of_one_round_make_each_slice_once():
    people(40)
    cycle = generation.open_cycle(month=DECEMBER)
    made = generation.open_round(cycle=cycle, routed_on=DECEMBER, at=worlds.NOON)
    results = at_once(*[lambda: generation.drain_round(round_id=made.pk, at=worlds.clock)] * 4)
    assert sum(result.payments for result in results) == 40
    assert Payment.objects.count() == 40
    assert Round.objects.get().state == "done"
    assert sum(Batch.objects.values_list("count", flat=True)) == 40
    assert ledger_is_clean()


def test_two_who_open_a_round_at_once_open_one():
    people(3)
    cycle = generation.open_cycle(month=DECEMBER)

    def opening():
        return generation.open_round(cycle=cycle, routed_on=DECEMBER, at=worlds.NOON)

    results = at_once(opening, opening)
    assert sorted(type(result).__name__ for result in results) == ["Round", "RoundInProgress"]


def test_a_supplementary_round_and_the_next_month_s_round_exclude_each_other():
    people(3, since=NOVEMBER)
    worlds.run_round(NOVEMBER)
    worlds.grant(worlds.person("Lê Văn Đức"), "BTXH_5.5c", since=date(2024, 10, 1))
    november, december = (generation.open_cycle(month=month) for month in (NOVEMBER, DECEMBER))
    results = at_once(
        lambda: generation.open_round(cycle=november, routed_on=NOVEMBER, at=worlds.NOON),
        lambda: generation.open_round(cycle=december, routed_on=DECEMBER, at=worlds.NOON),
    )
    assert [type(r) for r in results].count(RoundInProgress) == 1


def overlapping_rounds_pay_december() -> int:
    """December's round has posted December, not yet committed, when January's looks back to December."""
    who = worlds.person("Lê Văn Đức")
    worlds.grant(who, "BTXH_5.5c", since=DECEMBER, queue=False)
    december, january = (generation.open_cycle(month=month) for month in (DECEMBER, date(2025, 1, 1)))
    first = generation.open_round(cycle=december, routed_on=DECEMBER, at=worlds.NOON)
    with transaction.atomic():
        generation.generate_next_slice(round_id=first.pk, at=worlds.clock)

        def january_round():
            worlds.reckon(who, DECEMBER)
            second = generation.open_round(cycle=january, routed_on=january.month, at=worlds.NOON)
            return generation.generate_next_slice(round_id=second.pk, at=worlds.clock)

        at_once(january_round)
    return Line.objects.filter(for_month=DECEMBER).count()


def test_overlapping_rounds_pay_a_month_once():
    assert overlapping_rounds_pay_december() == 1


def test_control_without_the_order_of_rounds_a_month_is_paid_twice():
    index = "one_round_made_at_a_time"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index}")
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(generation, "refuse_while_another_is_made", lambda: None)
            assert overlapping_rounds_pay_december() == 2
    finally:
        Round.objects.update(state="done")
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE UNIQUE INDEX {index} ON payments_round (state) WHERE state = 'generating'"
            )


def test_two_approvers_at_once_approve_once():
    people(3)
    worlds.run_round(DECEMBER)
    batch = Batch.objects.get()
    preparer, one, two = (worlds.officer(name) for name in ("huyen", "duyet1", "duyet2"))
    batches.submit(batch_id=batch.pk, by=preparer, at=worlds.NOON)
    results = at_once(
        lambda: batches.approve(batch_id=batch.pk, by=one, at=worlds.NOON),
        lambda: batches.approve(batch_id=batch.pk, by=two, at=worlds.NOON),
    )
    assert sorted(type(result).__name__ for result in results) == ["Batch", "MoveRefused"]
    assert batch.events.filter(to_state="approved").count() == 1


def test_a_grant_made_during_generation_waits_for_the_next_round():
    people(3)
    cycle = generation.open_cycle(month=DECEMBER)
    made = generation.open_round(cycle=cycle, routed_on=DECEMBER, at=worlds.NOON)
    worlds.grant(worlds.person("Lê Văn Đức"), "BTXH_5.5c", since=NOVEMBER)
    generation.drain_round(round_id=made.pk, at=worlds.clock)
    assert Payment.objects.count() == 3
    assert Reckon.objects.count() == 1
    worlds.run_round(DECEMBER)
    assert sorted(Line.objects.filter(payment__batch__round__number=1).values_list("kind", flat=True)) == [
        "arrears",
        "regular",
    ]
    assert ledger_is_clean()
