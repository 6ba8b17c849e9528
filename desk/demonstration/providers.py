"""The bank and the Post of the demonstration: they report through the same operations as real ones would.

A few transfers fail because an account is closed; the commune then writes the corrected account, and the
supplementary round pays it. A few people do not come to the pay point; the supplementary round carries their money.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from accounts.models import User
from beneficiaries.models import PayoutMethod
from payments.models import Batch, Payment
from payments.operations import batches, closing
from payments.operations.batches import Voucher
from payments.operations.closing import StatementItem
from payments.operations.outcomes import Reported, record_outcomes
from payments.queries.cash import cash_held
from payments.transitions import BatchState, Outcome

FAILED_TRANSFERS = 0.003
NOT_COLLECTED = 0.02
CLOSED_ACCOUNT = "AC04"


def send(*, batch: Batch, preparer: User, approver: User, accountant: User, at: datetime) -> None:
    """Take a draft list through submission, approval, voucher, release and acknowledgement."""
    sent = release(batch=batch, preparer=preparer, approver=approver, accountant=accountant, at=at)
    batches.acknowledge(
        batch_id=batch.pk, count=sent.released_count or 0, amount=sent.released_amount or 0, at=at
    )


def release(*, batch: Batch, preparer: User, approver: User, accountant: User, at: datetime) -> Batch:
    """Take a draft list through submission, approval and voucher to its release."""
    batches.submit(batch_id=batch.pk, by=preparer, at=at)
    batches.approve(batch_id=batch.pk, by=approver, at=at)
    held = min(cash_held(batch=batch), batch.amount)
    voucher = Voucher(number=f"RDT-{batch.pk}", date=at.date(), amount=batch.amount - held)
    batches.fund(batch_id=batch.pk, voucher=voucher, held=held, by=accountant, at=at)
    return batches.release(batch_id=batch.pk, by=accountant, at=at)


def report(*, batch: Batch, at: datetime) -> None:
    """The provider's results for a list; in the regular round a small share does not reach the person."""
    chance = Random(f"{batch.round.cycle_id} {batch.pk}")
    regular = batch.round.number == 0
    items = []
    for payment_id in batch.payments.order_by("pk").values_list("pk", flat=True):
        unlucky = regular and chance.random() < (
            FAILED_TRANSFERS if batch.channel == "bank" else NOT_COLLECTED
        )
        if not unlucky:
            items.append(Reported(payment_id=payment_id, outcome=Outcome.PAID, on=at.date()))
        elif batch.channel == "bank":
            items.append(
                Reported(payment_id, Outcome.FAILED, at.date(), CLOSED_ACCOUNT, refuses_account=True)
            )
        else:
            items.append(Reported(payment_id, Outcome.UNCLAIMED, at.date()))
    record_outcomes(provider=batch.provider_id, message_id=f"KQ-{batch.pk}", items=items, at=at)
    batches.settle(batch_id=batch.pk, by=None, at=at)


def correct_accounts(*, month: date, on: date) -> int:
    """The communes write a new, verified account for every transfer of the month that failed; how many."""
    refused = Payment.objects.filter(
        batch__round__cycle_id=month, outcome=Outcome.FAILED, payout_method__valid_to__isnull=True
    ).select_related("payout_method")
    count = 0
    for payment in refused:
        old = payment.payout_method
        if old is None or old.valid_to is not None or old.account is None:
            continue
        number = str(int(old.account) + 1)
        PayoutMethod.objects.filter(pk=old.pk).update(valid_to=on - timedelta(days=1))
        PayoutMethod.objects.create(
            person_id=old.person_id,
            channel=old.channel,
            provider_id=old.provider_id,
            account=number,
            account_index=number,
            holder=old.holder,
            verified_on=on,
            valid_from=on,
        )
        count += 1
    return count


def state_accounts(*, month: date, but: str = "") -> None:
    """Each provider's statement of the month, `but` one's: what it paid, line by line."""
    paid = Payment.objects.filter(batch__round__cycle_id=month, outcome=Outcome.PAID)
    lists = Batch.objects.filter(round__cycle_id=month).exclude(provider=but)
    for provider in sorted(set(lists.values_list("provider_id", flat=True))):
        rows = (
            paid.filter(batch__provider_id=provider).order_by("pk").values_list("pk", "amount", "outcome_on")
        )
        items = [StatementItem(str(pk), "paid", amount, day) for pk, amount, day in rows if day]
        closing.load_statement(
            provider=provider, month=month, statement=f"{provider}-{month:%Y%m}", items=items
        )


def drafts(*, month: date) -> list[Batch]:
    """The month's lists still in draft."""
    found = Batch.objects.filter(round__cycle_id=month, state=BatchState.DRAFT).select_related(
        "round", "unit"
    )
    return list(found.order_by("pk"))
