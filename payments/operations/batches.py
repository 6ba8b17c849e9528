"""A batch's way: submit, approve by another person, fund by a Treasury voucher, release, acknowledge, settle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from common import sql
from common.money import format_number
from payments.models import Batch, Event, Payment
from payments.operations.budget import refuse_beyond_budget
from payments.operations.errors import MoveRefused, PersonIncomplete, SamePerson
from payments.operations.moves import lock_batch, move_batch
from payments.queries.cash import cash_held
from payments.queries.digests import batch_totals
from payments.transitions import BatchState, Outcome


@dataclass(frozen=True, slots=True)
class Voucher:
    """The State Treasury's payment order for a batch; `amount` in đồng."""

    number: str
    date: date
    amount: int


def submit(*, batch_id: int, by: User, at: datetime) -> Batch:
    """Hand a list over for approval. Raises PersonIncomplete when someone on it would now be stopped."""
    with transaction.atomic():
        batch = lock_batch(batch_id=batch_id)
        _refuse_stopped(batch)
        move_batch(batch=batch, to=BatchState.SUBMITTED, at=at, by=by, changes={"prepared_by": by})
    return batch


def send_back(*, batch_id: int, by: User, at: datetime, reason: str) -> Batch:
    """Return a list to its preparer, with the reason. Raises MoveRefused without one or after funding."""
    if not reason.strip():
        raise MoveRefused(_("Say what has to be corrected."))
    with transaction.atomic():
        batch = lock_batch(batch_id=batch_id)
        move_batch(
            batch=batch,
            to=BatchState.DRAFT,
            at=at,
            by=by,
            reason=reason,
            changes={
                "prepared_by": None,
                "approved_by": None,
                "approved_count": None,
                "approved_amount": None,
                "approved_digest": None,
            },
        )
    return batch


def approve(*, batch_id: int, by: User, at: datetime, expected: tuple[int, int] | None = None) -> Batch:
    """Approve a list, storing count, sum and hash of what was approved.

    `expected` is (payments, đồng) as the approver saw them; MoveRefused if the list is another by now. Raises
    SamePerson when the approver prepared it.
    """
    with transaction.atomic():
        batch = lock_batch(batch_id=batch_id)
        if batch.prepared_by_id == by.pk:
            raise SamePerson
        totals = batch_totals(batch_id=batch.pk)
        if expected is not None and expected != (totals.count, totals.amount):
            raise MoveRefused(
                _("The list has changed since this page was opened. Look at it again before approving.")
            )
        move_batch(
            batch=batch,
            to=BatchState.APPROVED,
            at=at,
            by=by,
            changes={
                "approved_by": by,
                "approved_count": totals.count,
                "approved_amount": totals.amount,
                "approved_digest": totals.digest,
            },
        )
    return batch


def fund(*, batch_id: int, voucher: Voucher, by: User, at: datetime, held: int = 0) -> Batch:
    """Record the Treasury voucher. Its amount is the list's total less `held`, the cash of earlier lists (đồng).

    The Post keeps what people did not collect; `held` is how much of it pays this list. Raises MoveRefused if that is
    more than it holds, or if the voucher has no number or another amount.
    """
    with transaction.atomic():
        batch = lock_batch(batch_id=batch_id)
        if held:
            _refuse_more_than_held(batch, held)
        needed = batch_totals(batch_id=batch.pk).amount - held
        if not voucher.number.strip() or voucher.amount != needed:
            raise MoveRefused(
                _(
                    "The voucher needs a number and the amount %(needed)s đồng: the list's total less cash held."
                )
                % {"needed": format_number(needed)}
            )
        move_batch(
            batch=batch,
            to=BatchState.FUNDED,
            at=at,
            by=by,
            changes={
                "voucher_number": voucher.number,
                "voucher_date": voucher.date,
                "voucher_amount": voucher.amount,
            },
        )
    return batch


def _refuse_more_than_held(batch: Batch, held: int) -> None:
    # Lists of one unit and scheme draw on the same cash: whoever is second waits here and reckons what is left.
    same = {"unit": batch.unit_id, "scheme": batch.scheme, "provider": batch.provider_id}
    list(Batch.objects.select_for_update().filter(**same, state__in=BatchState.funded()).order_by("pk"))
    available = cash_held(batch=batch)
    if not 0 <= held <= available:
        raise MoveRefused(
            _("The provider holds %(available)s đồng of earlier lists, not %(held)s.")
            % {"available": format_number(available), "held": format_number(held)}
        )


def release(*, batch_id: int, by: User, at: datetime) -> Batch:
    """Release a funded list to its provider: approved less withdrawn, counted, summed and hashed again.

    Raises MoveRefused where that is more than its budget line has left.
    """
    with transaction.atomic():
        batch = lock_batch(batch_id=batch_id)
        _refuse_stopped(batch)
        totals = batch_totals(batch_id=batch.pk)
        count, amount = _withdrawn_since_approval(batch)
        if (totals.count + count, totals.amount + amount) != (batch.approved_count, batch.approved_amount):
            raise MoveRefused(
                _("The list is no longer what was approved. Return it and have it approved again.")
            )
        refuse_beyond_budget(batch=batch, amount=totals.amount)
        move_batch(
            batch=batch,
            to=BatchState.RELEASED,
            at=at,
            by=by,
            changes={
                "released_count": totals.count,
                "released_amount": totals.amount,
                "released_digest": totals.digest,
            },
        )
    return batch


def acknowledge(*, batch_id: int, count: int, amount: int, at: datetime, by: User | None = None) -> Batch:
    """The provider confirms the list that it received; MoveRefused if its count or sum (đồng) differ from ours."""
    with transaction.atomic():
        batch = lock_batch(batch_id=batch_id)
        if (count, amount) != (batch.released_count, batch.released_amount):
            raise MoveRefused(
                _("Released were %(count)s payments of %(amount)s đồng in all; the acknowledgement differs.")
                % {"count": batch.released_count, "amount": batch.released_amount}
            )
        move_batch(batch=batch, to=BatchState.ACKNOWLEDGED, at=at, by=by)
    return batch


def recall(*, batch_id: int, by: User, at: datetime, reason: str) -> Batch:
    """Take a released list back before its provider has acknowledged it; it can be released again."""
    if not reason.strip():
        raise MoveRefused(_("Say why the list is recalled."))
    with transaction.atomic():
        batch = lock_batch(batch_id=batch_id)
        if batch.state != BatchState.RELEASED:
            raise MoveRefused(_("Only a list that its provider has not acknowledged yet can be recalled."))
        nothing = {"released_count": None, "released_amount": None, "released_digest": None}
        move_batch(batch=batch, to=BatchState.FUNDED, at=at, by=by, reason=reason, changes=nothing)
    return batch


def settle(*, batch_id: int, by: User | None, at: datetime) -> Batch:
    """Sign the settlement of a batch: every payment has its outcome. Raises MoveRefused, saying how many have none."""
    with transaction.atomic():
        batch = lock_batch(batch_id=batch_id)
        waiting = batch.payments.filter(outcome__isnull=True).count()
        if waiting:
            raise MoveRefused(_("%(waiting)s payments have no outcome yet.") % {"waiting": waiting})
        move_batch(batch=batch, to=BatchState.SETTLED, at=at, by=by)
    return batch


def cancel(*, batch_id: int, by: User, at: datetime, reason: str) -> Batch:
    """Cancel a list before its approval; its people are reckoned again in the next round."""
    if not reason.strip():
        raise MoveRefused(_("Say why the list is cancelled."))
    with transaction.atomic():
        batch = lock_batch(batch_id=batch_id)
        move_batch(batch=batch, to=BatchState.CANCELLED, at=at, by=by, reason=reason)
        _withdraw(batch=batch, payments=None, at=at, by=by, reason=reason)
    return batch


def withdraw(*, payment_id: int, by: User, at: datetime, reason: str) -> None:
    """Take one payment out of a list between submission and release. The preparer cannot do it alone."""
    if not reason.strip():
        raise MoveRefused(_("Say why the payment is withdrawn."))
    with transaction.atomic():
        batch = lock_batch(batch_id=Payment.objects.values_list("batch_id", flat=True).get(pk=payment_id))
        if batch.state not in (BatchState.SUBMITTED, BatchState.APPROVED, BatchState.FUNDED):
            raise MoveRefused(
                _(
                    "A payment is withdrawn between submission and release. After the release, recall the list or "
                    "order its provider to stop the payment."
                )
            )
        if batch.prepared_by_id == by.pk:
            raise SamePerson
        if not _withdraw(batch=batch, payments=[payment_id], at=at, by=by, reason=reason):
            raise MoveRefused(_("This payment has its outcome already."))


def _withdraw(*, batch: Batch, payments: list[int] | None, at: datetime, by: User, reason: str) -> int:
    params = {
        "batch_id": batch.pk,
        "payments": payments,
        "day": at.date(),
        "at": at,
        "by": by.pk,
        "reason": reason,
    }
    with connection.cursor() as cursor:
        return sql.run(cursor, "payments", "withdraw", params)


def _withdrawn_since_approval(batch: Batch) -> tuple[int, int]:
    approval = (
        Event.objects.filter(batch=batch, to_state=BatchState.APPROVED).order_by("-id").values("id")[:1]
    )
    sums = Payment.objects.filter(
        batch=batch, outcome=Outcome.WITHDRAWN, events__to_state=Outcome.WITHDRAWN, events__id__gt=approval
    ).aggregate(count=Count("id"), amount=Sum("amount"))
    return sums["count"], sums["amount"] or 0


def _refuse_stopped(batch: Batch) -> None:
    """Submit and release refuse while a look-back would stop somebody on the list, and name the people."""
    with connection.cursor() as cursor:
        rows = sql.rows(
            cursor, "payments", "stopped_people", {"batch_id": batch.pk, "month": batch.round.cycle_id}
        )
    if rows:
        raise PersonIncomplete(
            problem=_("These people died or their benefit ended or was suspended after the list was made."),
            people=[row["person_id"] for row in rows],
        )
