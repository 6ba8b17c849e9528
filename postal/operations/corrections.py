"""Corrections of marks and results: asked for by one person with a reason, decided by another."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from beneficiaries.models import POST
from payments.models import Payment
from payments.operations.late import record_paid_late
from payments.operations.outcomes import Reported, record_outcomes
from payments.transitions import Outcome
from postal.models import Correction, MarkKind
from postal.operations.errors import PostalError
from postal.operations.marks import report_paid


def ask_correction(*, payment: Payment, wanted: str, reason: str, by: User, at: datetime) -> Correction:
    """Ask that a payment count as paid or as not collected. PostalError without a reason or while one is open."""
    if wanted not in MarkKind.values:
        raise PostalError(_("Say whether it was paid or not."))
    if not reason.strip():
        raise PostalError(_("Say why it has to be corrected."))
    try:
        with transaction.atomic():
            return Correction.objects.create(
                payment=payment, wanted=wanted, reason=reason.strip()[:300], asked_by=by, asked_at=at
            )
    except IntegrityError as error:
        raise PostalError(_("A correction of this payment already waits for its decision.")) from error


def decide_correction(*, correction_id: int, accept: bool, by: User, at: datetime) -> Correction:
    """Accept or refuse a correction, as the second person.

    Accepted before the seal it outweighs the marks. After it the result itself changes: a late payment is recorded
    (after the settlement as an adjustment that shows an overpaid balance), and what was not paid after all returns.
    """
    with transaction.atomic():
        made = Correction.objects.select_for_update().select_related("payment__batch").get(pk=correction_id)
        if made.decided_by_id is not None:
            raise PostalError(_("This correction is decided already."))
        if made.asked_by_id == by.pk:
            raise PostalError(_("Who asked for a correction cannot decide it. Another officer has to."))
        made.decided_by, made.decided_at, made.accepted = by, at, accept
        made.save(update_fields=["decided_by", "decided_at", "accepted"])
        if accept:
            _carry_out(made, by, at)
    return made


def _carry_out(made: Correction, by: User, at: datetime) -> None:
    payment = Payment.objects.select_for_update().get(pk=made.payment_id)
    sealed = payment.listing.pay_day.sealed_at is not None if hasattr(payment, "listing") else True
    message = f"PC-{made.pk}"
    if made.wanted == MarkKind.PAID:
        if payment.outcome is None and sealed:
            report_paid(payments=[payment.pk], message_id=message, by=by, at=at)
        elif payment.outcome == Outcome.UNCLAIMED:
            record_paid_late(payment_id=payment.pk, reason=made.reason, by=by, at=at)
        elif payment.outcome in (Outcome.WITHDRAWN, Outcome.RETURNED):
            raise PostalError(
                _("The payment was stopped or returned: what was handed out is to be recovered.")
            )
    elif payment.outcome == Outcome.PAID:
        returned = Reported(payment.pk, Outcome.RETURNED, timezone.localdate(at), made.reason)
        receipt = record_outcomes(provider=POST, message_id=message, items=[returned], at=at, by=by)
        if receipt.quarantined:
            raise PostalError(receipt.note)
