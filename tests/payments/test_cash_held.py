"""Cash that nobody collected stays with the Post and pays a later list, once."""

from datetime import date

import pytest

from payments.models import Batch
from payments.operations import batches
from payments.operations.batches import Voucher
from payments.operations.errors import MoveRefused
from payments.operations.outcomes import Reported, record_outcomes
from payments.queries.cash import cash_held
from payments.transitions import Outcome
from tests import worlds

pytestmark = pytest.mark.django_db

DECEMBER, JANUARY = date(2024, 12, 1), date(2025, 1, 1)
NOON = worlds.NOON


@pytest.fixture
def world(db):
    worlds.load_reference()
    for name in ("Đặng Thị Ước", "Lê Văn Đức"):
        worlds.grant(worlds.person(name), "BTXH_5.5c", since=DECEMBER, queue=False)
    return {name: worlds.officer(name) for name in ("huyen", "duyet", "ketoan")}


def fund(batch, world, *, amount, held=0):
    if batch.state == "draft":
        batches.submit(batch_id=batch.pk, by=world["huyen"], at=NOON)
        batches.approve(batch_id=batch.pk, by=world["duyet"], at=NOON)
    voucher = Voucher(f"RDT-{batch.pk}", DECEMBER, amount)
    batches.fund(batch_id=batch.pk, voucher=voucher, held=held, by=world["ketoan"], at=NOON)
    batch.refresh_from_db()


def pay(batch, world, *outcomes):
    sent = batches.release(batch_id=batch.pk, by=world["ketoan"], at=NOON)
    batches.acknowledge(batch_id=batch.pk, count=sent.released_count, amount=sent.released_amount, at=NOON)
    payments = batch.payments.order_by("pk")
    items = [
        Reported(payment.pk, outcome, DECEMBER) for payment, outcome in zip(payments, outcomes, strict=True)
    ]
    record_outcomes(provider=batch.provider_id, message_id=f"m{batch.pk}", items=items, at=NOON)
    batches.settle(batch_id=batch.pk, by=world["ketoan"], at=NOON)


def december_with_one_uncollected(world):
    """Two people at 500,000 đồng each; one of them does not come, and the supplementary list carries the money."""
    worlds.run_round(DECEMBER)
    first = Batch.objects.get()
    assert cash_held(batch=first) == 0
    fund(first, world, amount=1_000_000)
    assert cash_held(batch=first) == 0  # on its way: not to be counted on
    pay(first, world, Outcome.PAID, Outcome.UNCLAIMED)
    worlds.run_round(DECEMBER)
    return Batch.objects.get(round__number=1)


def test_what_nobody_collected_is_held_until_a_later_list_is_paid_with_it(world):
    second = december_with_one_uncollected(world)
    assert (second.amount, cash_held(batch=second)) == (500_000, 500_000)
    fund(second, world, amount=0, held=500_000)
    assert cash_held(batch=second) == 0
    pay(second, world, Outcome.PAID)
    assert cash_held(batch=second) == 0


def test_a_list_paid_whole_by_the_treasury_leaves_the_cash_where_it_is(world):
    second = december_with_one_uncollected(world)
    fund(second, world, amount=500_000)
    pay(second, world, Outcome.PAID)
    worlds.run_round(JANUARY)
    january = Batch.objects.get(round__cycle=JANUARY)
    assert (january.amount, cash_held(batch=january)) == (1_000_000, 500_000)
    fund(january, world, amount=500_000, held=500_000)
    assert cash_held(batch=january) == 0


@pytest.mark.parametrize(("amount", "held"), [(0, 500_001), (500_001, -1)])
def test_no_more_cash_is_counted_on_than_the_post_holds(world, amount, held):
    second = december_with_one_uncollected(world)
    with pytest.raises(MoveRefused, match=r"500\.000"):
        fund(second, world, amount=amount, held=held)
    second.refresh_from_db()
    assert second.state == "approved"


def test_a_bank_holds_nothing_back(world):
    who = worlds.person("Hồ Thị Con")
    worlds.grant(who, "BTXH_5.5c", since=DECEMBER, queue=False)
    worlds.account(who)
    worlds.run_round(DECEMBER)
    bank = Batch.objects.get(provider=worlds.AGRIBANK)
    fund(bank, world, amount=500_000)
    pay(bank, world, Outcome.FAILED)
    assert cash_held(batch=bank) == 0
