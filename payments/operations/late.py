"""Cash that was handed out although it had already counted as unclaimed."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from beneficiaries.models import ALWAYS_READY, Reckon, ReckonReason
from common import sql
from payments.models import Payment
from payments.operations.errors import MoveRefused


def record_paid_late(*, payment_id: int, reason: str, by: User, at: datetime) -> int:
    """Post the exception: the money (đồng) is no longer owed; what a later round already paid again shows as overpaid.

    The unclaimed row stays as it was settled. Returns how many lines were adjusted. Raises MoveRefused unless the
    payment is unclaimed, or without a reason; a second time changes nothing.
    """
    if not reason.strip():
        raise MoveRefused(_("Say why the payment was late."))
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        if payment.outcome != "unclaimed":
            raise MoveRefused(_("Only a payment that counted as unclaimed can be paid late."))
        with connection.cursor() as cursor:
            adjusted = sql.run(
                cursor, "payments", "paid_late", {"payment": payment_id, "at": at, "by": by.pk}
            )
        months = list(payment.lines.order_by("for_month").values_list("for_month", flat=True)[:1])
        if adjusted and months:
            Reckon.objects.create(
                person_id=payment.person_id,
                from_month=months[0],
                ready_on=ALWAYS_READY,
                reason=ReckonReason.ADJUSTED,
            )
    return adjusted
