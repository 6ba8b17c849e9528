"""When each point pays in a month, and who is on the list of that day."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.fields import MonthField, NfcCharField, month_constraint
from payments.models import Payment
from postal.models.contract import PayPoint


class PayPlace(models.TextChoices):
    POINT = "point", _("at the pay point")
    HOME = "home", _("home round")


class PayDay(models.Model):
    """One day on which a point pays, or one round of home delivery, with the supervisor named for it
    (Decree 20/2021, Art. 34(4)). Once sealed, a mark that still comes in is an exception."""

    point = models.ForeignKey(PayPoint, models.PROTECT, related_name="pay_days", verbose_name=_("pay point"))
    month = MonthField(_("month"))
    day = models.DateField(_("day"))
    place = models.CharField(_("paid"), max_length=5, choices=PayPlace, default=PayPlace.POINT)
    name = NfcCharField(_("name of the round"), max_length=80, blank=True)
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)
    supervisor = NfcCharField(_("supervisor"), max_length=120)
    supervisor_title = NfcCharField(_("supervisor's position"), max_length=120, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["day", "point__commune__code", "place", "pk"]
        indexes = [models.Index(fields=["month", "point"], name="pay_day_by_month")]
        constraints = [
            month_constraint("month", "pay_day_first_of_month"),
            models.UniqueConstraint(fields=["point", "day", "place", "name"], name="a_pay_day_once"),
            models.CheckConstraint(condition=~Q(supervisor=""), name="pay_day_names_its_supervisor"),
            models.CheckConstraint(
                condition=Q(opens__isnull=True) | Q(closes__isnull=True) | Q(closes__gt=F("opens")),
                name="pay_day_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True, sealed_by__isnull=True)
                | Q(sealed_at__isnull=False, sealed_by__isnull=False),
                name="sealed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.point} · {self.day:%d/%m/%Y}"


class Listing(models.Model):
    """A payment on the list of a pay day, with its number there; a payment stands on one list."""

    payment = models.OneToOneField(Payment, models.CASCADE, primary_key=True, related_name="listing")
    pay_day = models.ForeignKey(PayDay, models.PROTECT, related_name="listings")
    number = models.PositiveIntegerField()
