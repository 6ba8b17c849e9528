"""From a draft list to a closed cycle, with what may go wrong on the way."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from beneficiaries.models import PayoutMethod, Reckon
from payments.models import Adjustment, Batch, Cycle, Event, Line, Message, Payment
from payments.operations import batches, closing
from payments.operations.batches import Voucher
from payments.operations.closing import StatementItem
from payments.operations.errors import CycleClosed, MoveRefused, PersonIncomplete, SamePerson
from payments.operations.outcomes import Reported, record_outcomes
from payments.queries.ledger import check_ledger
from payments.transitions import BatchState, Outcome
from tests import worlds

pytestmark = pytest.mark.django_db

DECEMBER = date(2024, 12, 1)
NOON = worlds.NOON


@pytest.fixture
def world(db):
    worlds.load_reference()
    return {
        "huyen": worlds.officer("huyen"),
        "duyet": worlds.officer("duyet"),
        "ketoan": worlds.officer("ketoan"),
    }


def elderly(name, **facts):
    who = worlds.person(name)
    worlds.grant(who, "BTXH_5.5c", since=DECEMBER, queue=False)
    return who


def released(batch, world):
    batches.submit(batch_id=batch.pk, by=world["huyen"], at=NOON)
    batches.approve(batch_id=batch.pk, by=world["duyet"], at=NOON)
    batch.refresh_from_db()
    voucher = Voucher("RDT-12", date(2024, 12, 2), batch.amount)
    batches.fund(batch_id=batch.pk, voucher=voucher, by=world["ketoan"], at=NOON)
    return batches.release(batch_id=batch.pk, by=world["ketoan"], at=NOON)


def acknowledged(batch, world):
    sent = released(batch, world)
    return batches.acknowledge(
        batch_id=batch.pk, count=sent.released_count, amount=sent.released_amount, at=NOON
    )


def report(payment, outcome, message="m1", **facts):
    item = Reported(payment_id=payment.pk, outcome=outcome, on=date(2024, 12, 5), **facts)
    return record_outcomes(provider=payment.batch.provider_id, message_id=message, items=[item], at=NOON)


def ledger_is_clean():
    return not [invariant for invariant in check_ledger() if invariant.broken]


def statement_of(month):
    for provider in set(Batch.objects.values_list("provider_id", flat=True)):
        paid = Payment.objects.filter(batch__provider_id=provider, outcome="paid")
        items = [StatementItem(str(p.pk), "paid", p.amount, date(2024, 12, 6)) for p in paid]
        closing.load_statement(provider=provider, month=month, statement=f"{provider}-12", items=items)


def test_a_cycle_goes_from_its_list_to_its_close(world):
    who = elderly("Đặng Thị Ước")
    worlds.account(who)
    elderly("Lê Văn Đức")
    worlds.run_round(DECEMBER)
    for batch in Batch.objects.all():
        acknowledged(batch, world)
    for payment in Payment.objects.all():
        report(payment, Outcome.PAID, message=f"m{payment.pk}")
    for batch in Batch.objects.all():
        batches.settle(batch_id=batch.pk, by=world["huyen"], at=NOON)
    statement_of(DECEMBER)
    closing.prepare_close(month=DECEMBER, by=world["huyen"])
    closing.close(month=DECEMBER, by=world["duyet"], at=NOON)
    assert set(Batch.objects.values_list("state", flat=True)) == {"closed"}
    assert ledger_is_clean()


def test_the_preparer_cannot_approve(world):
    elderly("Đặng Thị Ước")
    worlds.run_round(DECEMBER)
    batch = Batch.objects.get()
    batches.submit(batch_id=batch.pk, by=world["huyen"], at=NOON)
    with pytest.raises(SamePerson):
        batches.approve(batch_id=batch.pk, by=world["huyen"], at=NOON)
    with pytest.raises(IntegrityError, match="approver_not_preparer"), transaction.atomic():
        Batch.objects.update(approved_by=world["huyen"])


def test_a_second_click_on_approve_is_refused_in_words(world):
    elderly("Đặng Thị Ước")
    worlds.run_round(DECEMBER)
    batch = Batch.objects.get()
    batches.submit(batch_id=batch.pk, by=world["huyen"], at=NOON)
    batches.approve(batch_id=batch.pk, by=world["duyet"], at=NOON)
    with pytest.raises(MoveRefused):
        batches.approve(batch_id=batch.pk, by=world["duyet"], at=NOON)
    assert Event.objects.filter(batch=batch, to_state="approved").count() == 1


def test_a_list_that_changed_since_the_approver_looked_is_not_approved(world):
    elderly("Đặng Thị Ước")
    worlds.run_round(DECEMBER)
    batch = Batch.objects.get()
    batches.submit(batch_id=batch.pk, by=world["huyen"], at=NOON)
    with pytest.raises(MoveRefused):
        batches.approve(batch_id=batch.pk, by=world["duyet"], at=NOON, expected=(2, 1_000_000))


def test_submit_names_a_person_who_died_after_the_list_was_made(world):
    who = elderly("Đặng Thị Ước")
    worlds.run_round(DECEMBER)
    who.died_on = date(2024, 11, 20)
    who.save()
    worlds.reckon(who, DECEMBER)
    with pytest.raises(PersonIncomplete, match=str(who.pk)):
        batches.submit(batch_id=Batch.objects.get().pk, by=world["huyen"], at=NOON)


def test_a_withdrawn_payment_leaves_the_release_and_is_owed_again(world):
    first = elderly("Đặng Thị Ước")
    elderly("Lê Văn Đức")
    worlds.run_round(DECEMBER)
    batch = Batch.objects.get()
    batches.submit(batch_id=batch.pk, by=world["huyen"], at=NOON)
    batches.approve(batch_id=batch.pk, by=world["duyet"], at=NOON)
    payment = Payment.objects.get(person=first)
    batches.withdraw(payment_id=payment.pk, by=world["duyet"], at=NOON, reason="nhầm người")
    batches.fund(
        batch_id=batch.pk, voucher=Voucher("RDT-1", date(2024, 12, 2), 500_000), by=world["ketoan"], at=NOON
    )
    sent = batches.release(batch_id=batch.pk, by=world["ketoan"], at=NOON)
    assert (sent.approved_count, sent.released_count, sent.released_amount) == (2, 1, 500_000)
    assert Reckon.objects.filter(person=first, reason="undelivered").exists()
    assert ledger_is_clean()


def test_a_voucher_of_another_amount_is_refused(world):
    elderly("Đặng Thị Ước")
    worlds.run_round(DECEMBER)
    batch = Batch.objects.get()
    batches.submit(batch_id=batch.pk, by=world["huyen"], at=NOON)
    batches.approve(batch_id=batch.pk, by=world["duyet"], at=NOON)
    with pytest.raises(MoveRefused, match="500"):
        batches.fund(
            batch_id=batch.pk,
            voucher=Voucher("RDT-1", date(2024, 12, 2), 499_999),
            by=world["ketoan"],
            at=NOON,
        )


def test_a_failed_transfer_marks_the_account_and_the_next_round_carries_it_to_the_post(world):
    who = elderly("Đặng Thị Ước")
    worlds.account(who)
    worlds.run_round(DECEMBER)
    batch = acknowledged(Batch.objects.get(), world)
    report(batch.payments.get(), Outcome.FAILED, reason="AC04", refuses_account=True)
    assert PayoutMethod.objects.get().failed_on == date(2024, 12, 5)
    worlds.run_round(DECEMBER)
    second = Payment.objects.get(batch__round__number=1)
    assert second.batch.provider_id == "POST"
    assert list(second.lines.values_list("kind", "amount")) == [("carried", 500_000)]
    assert ledger_is_clean()


def test_the_same_message_again_changes_nothing(world):
    elderly("Đặng Thị Ước")
    worlds.run_round(DECEMBER)
    payment = acknowledged(Batch.objects.get(), world).payments.get()
    assert report(payment, Outcome.PAID).applied == 1
    assert report(payment, Outcome.PAID).applied == 0
    assert Event.objects.filter(payment=payment).count() == 1
    assert Message.objects.count() == 1


def test_the_same_message_id_with_other_content_is_held(world):
    elderly("Đặng Thị Ước")
    worlds.run_round(DECEMBER)
    payment = acknowledged(Batch.objects.get(), world).payments.get()
    report(payment, Outcome.PAID)
    assert report(payment, Outcome.FAILED).quarantined
    payment.refresh_from_db()
    assert payment.outcome == "paid"


def test_a_report_that_contradicts_what_is_known_is_held_whole(world):
    elderly("Đặng Thị Ước")
    elderly("Lê Văn Đức")
    worlds.run_round(DECEMBER)
    first, second = acknowledged(Batch.objects.get(), world).payments.order_by("pk")
    report(first, Outcome.PAID)
    day = date(2024, 12, 6)
    both = [
        Reported(payment_id=first.pk, outcome=Outcome.UNCLAIMED, on=day),
        Reported(payment_id=second.pk, outcome=Outcome.PAID, on=day),
    ]
    receipt = record_outcomes(provider="POST", message_id="m2", items=both, at=NOON)
    second.refresh_from_db()
    assert receipt.quarantined
    assert second.outcome is None


def test_a_provider_cannot_report_another_provider_s_payment(world):
    elderly("Đặng Thị Ước")
    worlds.run_round(DECEMBER)
    payment = acknowledged(Batch.objects.get(), world).payments.get()
    item = Reported(payment_id=payment.pk, outcome=Outcome.PAID, on=date(2024, 12, 6))
    assert record_outcomes(provider=worlds.AGRIBANK, message_id="x", items=[item], at=NOON).quarantined


def test_an_outcome_before_the_acknowledgement_is_held(world):
    elderly("Đặng Thị Ước")
    worlds.run_round(DECEMBER)
    payment = released(Batch.objects.get(), world).payments.get()
    assert report(payment, Outcome.PAID).quarantined


def test_a_difference_from_the_statement_keeps_the_cycle_open(world):
    elderly("Đặng Thị Ước")
    worlds.run_round(DECEMBER)
    batch = acknowledged(Batch.objects.get(), world)
    report(batch.payments.get(), Outcome.PAID)
    batches.settle(batch_id=batch.pk, by=world["huyen"], at=NOON)
    with pytest.raises(MoveRefused):
        closing.prepare_close(month=DECEMBER, by=world["huyen"])


def close_december(world):
    who = elderly("Đặng Thị Ước")
    worlds.account(who)
    worlds.run_round(DECEMBER)
    batch = acknowledged(Batch.objects.get(), world)
    report(batch.payments.get(), Outcome.PAID)
    batches.settle(batch_id=batch.pk, by=world["huyen"], at=NOON)
    statement_of(DECEMBER)
    closing.prepare_close(month=DECEMBER, by=world["huyen"])
    closing.close(month=DECEMBER, by=world["duyet"], at=NOON)
    return who


def test_a_closed_cycle_refuses_writes_even_to_plain_sql(world):
    close_december(world)
    for statement in (
        "UPDATE payments_payment SET amount = amount + 1",
        "DELETE FROM payments_line",
        "UPDATE payments_batch SET count = 0",
        "UPDATE payments_round SET number = 5",
    ):
        with (
            pytest.raises(IntegrityError, match="is closed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with pytest.raises(CycleClosed):
        worlds.run_round(DECEMBER)


def test_history_refuses_changes_even_to_plain_sql(world):
    close_december(world)
    for statement in ("UPDATE payments_event SET reason = ''", "DELETE FROM payments_event"):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_money_returned_after_the_close_is_owed_again_in_the_open_cycle(world):
    who = close_december(world)
    payment = Payment.objects.get()
    report(payment, Outcome.RETURNED, message="late")
    report(payment, Outcome.RETURNED, message="late again")
    assert [a.amount for a in Adjustment.objects.all()] == [500_000]
    payment.refresh_from_db()
    assert payment.outcome == "paid"
    worlds.run_round(DECEMBER + timedelta(days=31))
    lines = Line.objects.filter(payment__person=who, payment__batch__round__cycle_id=date(2025, 1, 1))
    assert sorted(lines.values_list("for_month", "amount")) == [
        (date(2024, 12, 1), 500_000),
        (date(2025, 1, 1), 500_000),
    ]
    assert ledger_is_clean()


def test_the_one_who_prepared_the_close_cannot_close(world):
    elderly("Đặng Thị Ước")
    worlds.run_round(DECEMBER)
    batch = acknowledged(Batch.objects.get(), world)
    report(batch.payments.get(), Outcome.PAID)
    batches.settle(batch_id=batch.pk, by=world["huyen"], at=NOON)
    statement_of(DECEMBER)
    closing.prepare_close(month=DECEMBER, by=world["huyen"])
    with pytest.raises(SamePerson):
        closing.close(month=DECEMBER, by=world["huyen"], at=NOON)
    assert Cycle.objects.get().state == "open"


def test_a_cancelled_list_is_owed_again(world):
    elderly("Đặng Thị Ước")
    worlds.run_round(DECEMBER)
    batches.cancel(batch_id=Batch.objects.get().pk, by=world["huyen"], at=NOON, reason="lập sai")
    assert Batch.objects.get().state == BatchState.CANCELLED
    assert worlds.run_round(DECEMBER).payments == 1
    assert ledger_is_clean()


def test_the_ledger_check_finds_a_payment_made_twice(world):
    who = elderly("Đặng Thị Ước")
    worlds.run_round(DECEMBER)
    payment = Payment.objects.get()
    line = payment.lines.get()
    twin = Payment.objects.create(
        id=payment.pk + 10**11, batch=payment.batch, person=who, commune=payment.commune, amount=500_000
    )
    Line.objects.create(
        payment=twin, entitlement=line.entitlement, for_month=line.for_month, kind="arrears", amount=500_000
    )
    assert {i.id for i in check_ledger() if i.broken} == {"I1"}


def test_the_ledger_check_finds_a_lost_payment(world):
    elderly("Đặng Thị Ước")
    worlds.run_round(DECEMBER)
    Line.objects.all().delete()
    Payment.objects.all().delete()
    assert "I1" in {i.id for i in check_ledger() if i.broken}


def test_the_ledger_check_finds_a_state_without_its_event(world):
    elderly("Đặng Thị Ước")
    worlds.run_round(DECEMBER)
    Payment.objects.update(outcome="paid", outcome_on=date(2024, 12, 5))
    assert "I2" in {i.id for i in check_ledger() if i.broken}
