"""Decisions on money paid too much: taken back from later payments, waived, or repaid; nothing is netted without."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Entitlement, Person
from benefits.models import Scheme
from common.fields import MonthField, NfcCharField, month_constraint


class DecisionKind(models.TextChoices):
    RECOVER = "recover", _("taken back from later payments")
    WAIVE = "waive", _("waived")
    REPAID = "repaid", _("repaid in cash or by transfer")


class OverpaidDecision(models.Model):
    """One person's overpaid months of one scheme, decided by two people (Circular 44/2022 Art. 15(1); A02, A04).

    A recovery takes from each round at most `limit` đồng or `share` percent of the payment, from `from_month` on.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="overpaid_decisions")
    scheme = models.CharField(_("scheme"), max_length=4, choices=Scheme)
    kind = models.CharField(_("decision"), max_length=7, choices=DecisionKind)
    number = NfcCharField(_("decision number"), max_length=60)
    decided_on = models.DateField(_("decision date"))
    reason = NfcCharField(_("reason"), max_length=300)
    from_month = MonthField(_("from month"), null=True)
    limit = models.BigIntegerField(_("at most, đồng from each payment"), null=True)
    share = models.PositiveSmallIntegerField(_("at most, % of each payment"), null=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("decision on an overpayment")
        verbose_name_plural = _("decisions on overpayments")
        constraints = [
            month_constraint("from_month", "recovery_from_first_of_month"),
            models.CheckConstraint(condition=~Q(number=""), name="overpaid_decision_has_its_number"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("prepared_by")),
                name="two_people_decide_on_an_overpayment",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="confirmation_has_its_time",
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind=DecisionKind.RECOVER, from_month__isnull=False)
                    & (Q(limit__isnull=False, limit__gt=0) | Q(share__isnull=False, share__range=(1, 100)))
                )
                | (
                    ~Q(kind=DecisionKind.RECOVER)
                    & Q(from_month__isnull=True, limit__isnull=True, share__isnull=True)
                ),
                name="a_recovery_has_its_schedule",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OverpaidItem(models.Model):
    """An overpaid month that a decision covers, and how many đồng of it."""

    decision = models.ForeignKey(OverpaidDecision, models.CASCADE, related_name="items")
    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="+", db_index=False)
    for_month = MonthField(_("for month"))
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("overpaid month")
        indexes = [models.Index(fields=["entitlement", "for_month"], name="overpaid_by_entitlement")]
        constraints = [
            month_constraint("for_month", "overpaid_first_of_month"),
            models.UniqueConstraint(
                fields=["decision", "entitlement", "for_month"], name="an_overpaid_month_once_a_decision"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="overpaid_not_negative"),
        ]


class Excess(models.Model):
    """A month of a benefit that its last reckoning found paid too much: who stands on the list of overpayments.

    Only that, no amount: what is overpaid is reckoned anew whenever it is shown. Generation writes it for whom it
    looks back on, and takes away what a recovery or a decision has settled.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    entitlement = models.ForeignKey(Entitlement, models.CASCADE, related_name="+", db_index=False)
    for_month = MonthField(_("for month"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entitlement", "for_month"], name="an_excess_once"),
        ]
