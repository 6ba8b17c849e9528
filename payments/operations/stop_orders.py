"""Stopping one payment after its release: an order to the provider, which alone can say whether it came in time."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common import sql
from payments.models import Payment, StopAnswer, StopOrder
from payments.operations.errors import MoveRefused, SamePerson
from payments.operations.moves import lock_batch
from payments.transitions import BatchState


def order_stop(*, payment_id: int, by: User, at: datetime, reason: str) -> StopOrder:
    """Order the provider to stop one payment of an acknowledged list; the preparer cannot do it alone.

    Before the acknowledgement the whole list is recalled instead, so what the provider confirms never changes.
    """
    if not reason.strip():
        raise MoveRefused(_("Say why the payment is stopped."))
    with transaction.atomic():
        batch = lock_batch(batch_id=Payment.objects.values_list("batch_id", flat=True).get(pk=payment_id))
        if batch.state != BatchState.ACKNOWLEDGED:
            raise MoveRefused(
                _("A payment is stopped after its provider has acknowledged the list, not now.")
            )
        if batch.prepared_by_id == by.pk:
            raise SamePerson
        if Payment.objects.filter(pk=payment_id, outcome__isnull=False).exists():
            raise MoveRefused(_("This payment has its outcome already."))
        if StopOrder.objects.filter(payment_id=payment_id, answer=StopAnswer.WAITING).exists():
            raise MoveRefused(_("The provider has this order already and has not answered yet."))
        return StopOrder.objects.create(
            payment_id=payment_id, reason=reason[:300], ordered_by=by, ordered_at=at
        )


def answer_stop(*, stop_id: int, stopped: bool, at: datetime, note: str = "") -> StopOrder:
    """The provider's answer. Stopped in time, the payment is withdrawn and its person reckoned again.

    The same answer again changes nothing; another one, or "stopped" for money reported as paid, is MoveRefused.
    """
    answer = StopAnswer.STOPPED if stopped else StopAnswer.TOO_LATE
    with transaction.atomic():
        batch_id = StopOrder.objects.values_list("payment__batch_id", flat=True).get(pk=stop_id)
        batch = lock_batch(batch_id=batch_id)
        order = StopOrder.objects.select_for_update().get(pk=stop_id)
        if order.answer == answer:
            return order
        if order.answer:
            raise MoveRefused(_("This stop order was answered before, in another way."))
        if stopped:
            params = {
                "batch_id": batch.pk,
                "payments": [order.payment_id],
                "day": timezone.localtime(at).date(),
                "at": at,
                "by": order.ordered_by_id,
                "reason": order.reason,
            }
            with connection.cursor() as cursor:
                if batch.state != BatchState.ACKNOWLEDGED or not sql.run(
                    cursor, "payments", "withdraw", params
                ):
                    raise MoveRefused(_("This payment has its outcome already; it cannot have been stopped."))
        order.answer, order.answered_at, order.note = answer, at, note[:300]
        order.save(update_fields=["answer", "answered_at", "note"])
    return order
