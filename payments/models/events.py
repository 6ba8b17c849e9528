"""What became of batches and payments: events, messages of providers, stop orders, adjustments, statements."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Entitlement, Provider
from common.fields import MonthField, NfcCharField, month_constraint
from payments.models.batches import Batch, Payment
from payments.models.cycles import Cycle


class Event(models.Model):
    """One change of state of a batch or of a payment. Never changed, never removed (a trigger refuses)."""

    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="events")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="events")
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    message = models.ForeignKey("Message", models.PROTECT, null=True, related_name="events", db_index=False)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(batch__isnull=True, payment__isnull=False)
                | Q(batch__isnull=False, payment__isnull=True),
                name="event_of_a_batch_or_a_payment",
            )
        ]


class MessageState(models.TextChoices):
    ACCEPTED = "accepted", _("accepted")
    QUARANTINED = "quarantined", _("in quarantine")


class Message(models.Model):
    """One report of outcomes from a provider; the same id again has no effect, with other content it is held.

    `content` keeps what a held message said, item by item, until somebody has decided about it and after.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32)
    state = models.CharField(max_length=11, choices=MessageState)
    received_at = models.DateTimeField()
    items = models.PositiveIntegerField()
    note = models.CharField(max_length=300, blank=True)
    content = models.JSONField(null=True)
    sandbox = models.BooleanField(default=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    resolved_at = models.DateTimeField(null=True)
    resolution = models.CharField(_("resolution"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "sandbox", "message_id"],
                condition=Q(state="accepted"),
                name="a_message_takes_effect_once",
            )
        ]


class StopAnswer(models.TextChoices):
    WAITING = "", _("waits for the provider")
    STOPPED = "stopped", _("stopped")
    TOO_LATE = "too_late", _("too late")


class StopOrder(models.Model):
    """After its release a payment is stopped only by its provider: the order, and what the provider answered."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="stop_orders")
    reason = models.CharField(_("reason"), max_length=300)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    ordered_at = models.DateTimeField()
    answer = models.CharField(_("answer"), max_length=8, choices=StopAnswer, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(answer=""), name="one_stop_order_waits_for_a_payment"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | ~Q(answer="") & Q(answered_at__isnull=False),
                name="stop_answer_has_its_moment",
            ),
        ]


class AdjustmentKind(models.TextChoices):
    WAIVED = "waived", _("overpayment waived")
    REPAID = "repaid", _("overpayment repaid")
    RETURNED_AFTER_CLOSE = "returned", _("returned after close")
    CONVERTED = "converted", _("booked to the benefit that replaces it")
    PAID_LATE = "paid_late", _("paid after it counted as unclaimed")


class Adjustment(models.Model):
    """A decision that changes what is owed for one entitlement and month. Append-only; +đồng is owed to the person."""

    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="adjustments", db_index=False)
    for_month = MonthField()
    amount = models.BigIntegerField()
    kind = models.CharField(max_length=9, choices=AdjustmentKind)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="+")
    decision_number = NfcCharField(max_length=60, blank=True)
    decision_date = models.DateField(null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["entitlement", "for_month"], name="adjustment_by_entitlement")]
        constraints = [
            month_constraint("for_month", "adjustment_first_of_month"),
            models.CheckConstraint(condition=~Q(amount=0), name="adjustment_is_not_zero"),
        ]


class StatementKind(models.TextChoices):
    PAID = "paid", _("paid")
    RETURNED = "returned", _("returned")


class StatementLine(models.Model):
    """What a provider's own statement says of one payment; set against ours by `reconcile`."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="statement_lines")
    statement = models.CharField(_("statement"), max_length=80)
    number = models.PositiveIntegerField()
    reference = models.CharField(_("payment"), max_length=35)
    kind = models.CharField(max_length=8, choices=StatementKind)
    amount = models.BigIntegerField()
    booked_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "cycle", "statement", "number"], name="a_statement_line_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="statement_amount_is_positive"),
        ]


class Explanation(models.Model):
    """Why a payment and a provider's statement differ: who looks into it, and what was found.

    `resolved_at` is set once it is explained; only then does the difference no longer stop the close (I8).
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="explanations")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=35)
    kind = models.CharField(max_length=8, choices=StatementKind)
    difference = models.CharField(max_length=10)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("owner")
    )
    text = models.CharField(_("what was found"), max_length=300, blank=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "provider", "reference", "kind", "difference"],
                name="a_difference_explained_once",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True) | ~Q(text="") & Q(owner__isnull=False),
                name="resolved_says_what_by_whom",
            ),
        ]
