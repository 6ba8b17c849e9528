"""The kept sums of the lists at each event that changes them. Amounts by hand: 4 × 1,500,000 đồng."""

import random
import uuid
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.access import reader_for
from payments.models import Payment
from payments.operations import batches, stop_orders
from payments.operations.outcomes import Reported, record_outcomes
from payments.transitions import Outcome
from postal.models import Listing, PayPoint, PersonPoint, Tally
from postal.operations import calendar, corrections, marks
from postal.operations import settlement as settling
from postal.operations.marks import NewMark
from postal.queries.calendar import month_days, unlisted
from postal.queries.settlement import postal_results
from postal.queries.tallies import check_tallies
from tests import desk_world, worlds
from tests.desk_world import DECEMBER
from tests.postal import world as post_world
from tests.postal.world import FIFTH

pytestmark = pytest.mark.django_db

AT = datetime(2024, 12, 10, 3, tzinfo=UTC)
SHARE = 1_500_000


def kept():
    """People by whether they stand on a list and by outcome; each sum proved to be people × 1,500,000."""
    found = Counter()
    for row in Tally.objects.exclude(people=0):
        assert row.amount == row.people * SHARE
        found["listed" if row.pay_day_id else "unlisted", row.outcome] += row.people
    assert check_tallies().broken == 0
    return dict(found)


def mark(world, payment, **facts):
    facts = {"kind": "paid", "receipt": "B"} | facts
    made = NewMark(uuid.uuid4(), payment.pk, device=uuid.UUID(int=1), marked_at=AT, **facts)
    return marks.receive_marks(day=world.day, marks=[made], by=world.clerk, at=AT)


def report(payment, outcome, day=FIFTH):
    items = [Reported(payment.pk, outcome, day)]
    record_outcomes(provider="POST", message_id=f"{payment.pk}{outcome}", items=items, at=AT)


def counted(world):
    (day,) = month_days(month=DECEMBER, reader=reader_for(world.clerk, on=FIFTH), on=FIFTH)
    return day.people, day.amount, day.paid


def test_a_draft_has_no_sums_and_its_submission_begins_them():
    world = desk_world.build()
    worlds.run_round(DECEMBER)
    batch, who = world.batch("POST"), world.officers
    assert kept() == {}
    batches.submit(batch_id=batch.pk, by=who["preparer"], at=AT)
    assert kept() == {("unlisted", ""): 4}
    batches.send_back(batch_id=batch.pk, by=who["approver"], at=AT, reason="Sai")
    assert kept() == {}
    batches.submit(batch_id=batch.pk, by=who["preparer"], at=AT)
    batches.withdraw(payment_id=batch.payments.order_by("pk")[0].pk, by=who["approver"], at=AT, reason="Mất")
    assert kept() == {("unlisted", ""): 3, ("unlisted", "withdrawn"): 1}
    batches.cancel(batch_id=batch.pk, by=who["approver"], at=AT, reason="Sai")
    assert kept() == {}


def test_a_list_of_a_bank_has_no_sums():
    world = desk_world.build()
    worlds.run_round(DECEMBER)
    batch = world.batch(worlds.AGRIBANK)
    desk_world.bring(batch, "acknowledged", world)
    items = [Reported(payment.pk, Outcome.PAID, FIFTH) for payment in batch.payments.all()]
    record_outcomes(provider=worlds.AGRIBANK, message_id="1", items=items, at=AT)
    assert kept() == {}


def test_dealing_out_moves_payments_from_no_list_to_their_day():
    world = post_world.build(state="funded")
    assert kept() == {("listed", ""): 4}
    assert counted(world) == (4, 4 * SHARE, 0)
    Listing.objects.filter(payment=world.payments()[0]).delete()
    assert kept() == {("listed", ""): 3, ("unlisted", ""): 1}
    calendar.list_payments(month=DECEMBER, communes=[world.point.commune_id], at=AT)
    assert kept() == {("listed", ""): 4}


def test_a_withdrawn_and_a_stopped_payment_leave_the_day_s_sum():
    world = post_world.build(state="funded")
    one, two, *_rest = world.payments()
    batches.withdraw(payment_id=one.pk, by=world.desk.officers["approver"], at=AT, reason="Mất")
    assert counted(world) == (3, 3 * SHARE, 0)
    accountant = world.desk.officers["accountant"]
    batches.release(batch_id=world.batch.pk, by=accountant, at=AT)
    batches.acknowledge(batch_id=world.batch.pk, count=3, amount=3 * SHARE, at=AT)
    order = stop_orders.order_stop(
        payment_id=two.pk, by=world.desk.officers["approver"], at=AT, reason="Đã mất"
    )
    settling.answer_stop_order(stop_id=order.pk, stopped=True, note="", at=AT)
    assert counted(world) == (2, 2 * SHARE, 0)
    assert kept() == {("listed", ""): 2, ("listed", "withdrawn"): 2}


def test_marks_change_no_sum_and_the_seal_does(world):
    one, two, three, _four = world.payments()
    for payment in (one, two):
        mark(world, payment)
    mark(world, three, kind="not_paid", receipt="", reason="absent")
    assert kept() == {("listed", ""): 4}
    marks.seal_day(day=world.day, by=world.clerk, at=AT)
    assert kept() == {("listed", "paid"): 2, ("listed", ""): 2}
    assert counted(world) == (4, 4 * SHARE, 2)


def test_a_correction_returns_what_was_not_paid_and_adds_what_was(world):
    one, two, *_rest = world.payments()
    mark(world, one)
    marks.seal_day(day=world.day, by=world.clerk, at=AT)
    for payment, wanted in ((one, "not_paid"), (two, "paid")):
        asked = corrections.ask_correction(
            payment=payment, wanted=wanted, reason="Nhầm", by=world.clerk, at=AT
        )
        corrections.decide_correction(
            correction_id=asked.pk, accept=True, by=world.desk.officers["preparer"], at=AT
        )
    assert kept() == {("listed", "returned"): 1, ("listed", "paid"): 1, ("listed", ""): 2}


def test_the_settlement_s_page_shows_what_was_kept(world):
    mark(world, world.payments()[0])
    marks.seal_day(day=world.day, by=world.clerk, at=AT)
    accountant = world.desk.officers["accountant"]
    viewer = reader_for(accountant, on=FIFTH)

    def results():
        (row,) = (b for b in postal_results(month=DECEMBER, reader=viewer) if b.pk == world.batch.pk)
        return row.paid, row.paid_amount, row.missed, row.waiting

    assert results() == (1, SHARE, 0, 3)
    settling.settle_batch(batch_id=world.batch.pk, by=accountant, at=AT)
    assert results() == (1, SHARE, 3, 0)
    assert kept() == {("listed", "paid"): 1, ("listed", "unclaimed"): 3}


def test_everybody_of_a_draft_waits():
    world = desk_world.build()
    worlds.run_round(DECEMBER)
    viewer = reader_for(world.officers["accountant"], on=FIFTH)
    assert [(row.waiting, row.paid) for row in postal_results(month=DECEMBER, reader=viewer)] == [(4, 0)]


def test_what_stands_on_no_list_is_told_by_commune_until_it_does(world):
    Listing.objects.all().delete()
    viewer = reader_for(world.desk.officers["preparer"], on=FIFTH)
    (left,) = unlisted(month=DECEMBER, reader=viewer)
    assert (left.place, left.people, left.amount, left.lacks_point) == ("point", 4, 4 * SHARE, False)
    PayPoint.objects.filter(pk=world.point.pk).update(main=False)
    (left,) = unlisted(month=DECEMBER, reader=viewer)
    assert left.lacks_point
    assert unlisted(month=DECEMBER, reader=reader_for(world.desk.officers["outsider"], on=FIFTH)) == []


def test_a_sum_that_is_wrong_missing_or_left_over_is_found(world):
    # On the day's list four, on none nobody any more.
    assert (check_tallies().rows, check_tallies().broken) == (2, 0)
    row = Tally.objects.exclude(people=0).get()
    Tally.objects.filter(pk=row.pk).update(amount=row.amount - 1)
    assert check_tallies().broken == 1
    Tally.objects.filter(pk=row.pk).delete()
    assert check_tallies().broken == 1
    row.pk, row.outcome, row.outcome_on = None, "paid", FIFTH
    row.save()
    assert check_tallies().broken == 2


def summed():
    """The same sums, added up payment by payment."""
    days = dict(Listing.objects.values_list("payment", "pay_day"))
    found = Counter()
    for payment in Payment.objects.filter(batch__channel="post").exclude(
        batch__state__in=("draft", "cancelled")
    ):
        key = payment.batch_id, days.get(payment.pk), payment.outcome or "", payment.outcome_on
        found[key] += payment.amount
    return +found


@pytest.mark.parametrize("seed", range(4))
def test_after_any_events_in_any_order_the_sums_are_what_they_sum(world, seed):
    chance = random.Random(seed)
    calendar.plan_day(point=world.point, month=DECEMBER, day=date(2024, 12, 6), supervisor="Lê A")
    calendar.plan_day(point=world.other_point, month=DECEMBER, day=FIFTH, supervisor="Lê A")
    people = [payment.person for payment in world.payments()]
    for person in chance.sample(people, 2):
        PersonPoint.objects.create(person=person, point=world.other_point, valid_from=date(2024, 11, 1))
    payments = world.batch.payments

    def unlist():
        Listing.objects.filter(
            payment__in=chance.sample(list(payments.values_list("pk", flat=True)), 2)
        ).delete()

    def deal():
        calendar.list_payments(month=DECEMBER, communes=[world.point.commune_id], at=AT)

    def outcome():
        payment = chance.choice(list(payments.all()))
        report(
            payment,
            chance.choice([Outcome.PAID, Outcome.UNCLAIMED, Outcome.RETURNED]),
            chance.choice([FIFTH, date(2024, 12, 6)]),
        )

    def withdraw():
        payment = chance.choice(list(payments.all()))
        if payment.outcome is None:
            payments.filter(pk=payment.pk).update(outcome="withdrawn", outcome_on=FIFTH)

    for _step in range(12):
        chance.choice([unlist, deal, outcome, withdraw])()
        rows = Tally.objects.values_list("batch", "pay_day", "outcome", "outcome_on").annotate(Sum("amount"))
        assert +Counter({tuple(row[:4]): row[4] for row in rows}) == summed()
        assert check_tallies().broken == 0


@pytest.mark.parametrize("who", ["preparer", "administrator", "commune_officer"])
@pytest.mark.parametrize("page", ["post_month", "post_service", "post_settlements"])
def test_a_month_s_pages_take_at_most_twelve_queries_and_add_up_no_payments(world, who, page):
    client = world.client(who)
    address = f"{reverse(page)}?month=2024-12"
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    assert len(asked) <= 12
    # Payments are looked up for the few that were marked, never added up.
    summed_up = [query["sql"] for query in asked if "payments_payment" in query["sql"]]
    assert all("postal_mark" in text for text in summed_up)
