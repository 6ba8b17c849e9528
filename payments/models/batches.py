"""Batches, the payments in them, and the lines that make up each payment."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Channel, Entitlement, PayoutMethod, Person, Provider
from benefits.models import Scheme
from common.fields import MonthField, NfcCharField
from payments.models.cycles import _PERSONS, Round
from payments.transitions import BatchState, Outcome


class Batch(models.Model):
    """Round × paying unit × scheme × channel × provider: what one approver signs and one provider pays."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="batches")
    unit = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+", verbose_name=_("paying unit"))
    scheme = models.CharField(_("scheme"), max_length=4, choices=Scheme)
    channel = models.CharField(_("channel"), max_length=4, choices=Channel)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+", verbose_name=_("provider"))
    state = models.CharField(_("state"), max_length=12, choices=BatchState, default=BatchState.DRAFT)
    count = models.PositiveIntegerField(_("payments"), default=0)
    amount = models.BigIntegerField(_("amount"), default=0)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_count = models.PositiveIntegerField(null=True)
    approved_amount = models.BigIntegerField(null=True)
    approved_digest = models.BinaryField(max_length=32, null=True)
    voucher_number = NfcCharField(_("Treasury voucher"), max_length=40, blank=True)
    voucher_date = models.DateField(_("voucher date"), null=True)
    voucher_amount = models.BigIntegerField(_("voucher amount"), null=True)
    released_count = models.PositiveIntegerField(null=True)
    released_amount = models.BigIntegerField(null=True)
    released_digest = models.BinaryField(max_length=32, null=True)

    class Meta:
        verbose_name = _("payment batch")
        verbose_name_plural = _("payment batches")
        constraints = [
            models.UniqueConstraint(
                fields=["round", "unit", "scheme", "channel", "provider"], name="a_batch_once"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
                name="approver_not_preparer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BatchState.unapproved())
                | Q(
                    prepared_by__isnull=False,
                    approved_by__isnull=False,
                    approved_count__isnull=False,
                    approved_amount__isnull=False,
                    approved_digest__isnull=False,
                ),
                name="approved_batch_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BatchState.unfunded()) | Q(voucher_amount__isnull=False),
                name="funded_has_voucher",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BatchState.unreleased()) | Q(released_digest__isnull=False),
                name="released_has_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.get_scheme_display()} · {self.provider}"


class Payment(models.Model):
    """One person's money in a batch. Until an outcome arrives its state is its batch's (see `payment_id`)."""

    id = models.BigIntegerField(primary_key=True)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="payments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="payments")
    commune = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+", db_index=False)
    payout_method = models.ForeignKey(
        PayoutMethod, models.PROTECT, null=True, related_name="+", db_index=False
    )
    amount = models.BigIntegerField(_("amount"))
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, null=True)
    outcome_on = models.DateField(_("outcome on"), null=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_positive"),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True, outcome_on__isnull=True)
                | Q(outcome__isnull=False, outcome_on__isnull=False),
                name="outcome_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(person_id=models.F("id") % _PERSONS), name="payment_id_names_its_person"
            ),
        ]


class LineKind(models.TextChoices):
    REGULAR = "regular", _("this month")
    ARREARS = "arrears", _("arrears")
    CARRIED = "carried", _("carried from an earlier payment")
    ONE_OFF = "one_off", _("one-off")
    RECOVERY = "recovery", _("recovery")


class Line(models.Model):
    """Part of a payment: entitlement × month × kind × amount. `rate` and `units` say by which row of the law."""

    pk = models.CompositePrimaryKey("payment", "entitlement", "for_month", "kind")
    payment = models.ForeignKey(Payment, models.CASCADE, related_name="lines", db_index=False)
    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="lines", db_index=False)
    for_month = MonthField(_("for month"))
    kind = models.CharField(_("kind"), max_length=8, choices=LineKind)
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("payment line")
        indexes = [
            models.Index(fields=["entitlement", "for_month"], name="line_by_entitlement"),
            # Few in most months: a batch's page asks which of its payments bring many months late.
            models.Index(fields=["payment"], condition=Q(kind=LineKind.ARREARS), name="line_of_arrears"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=LineKind.RECOVERY, amount__lt=0)
                | ~Q(kind=LineKind.RECOVERY) & Q(amount__gt=0),
                name="only_a_recovery_is_negative",
            )
        ]
