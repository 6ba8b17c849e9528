"""Cash that a provider gave back by voucher instead of keeping it for the next list."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Provider
from benefits.models import Scheme
from common.fields import NfcCharField


class ReturnedTo(models.TextChoices):
    SPENDING = "spending", _("reduces this year's spending")
    PROVINCE = "province", _("to the provincial budget")
    CENTRAL = "central", _("to the central budget")


class CashReturn(models.Model):
    """One voucher by which a unit's unspent cash of one scheme went back (rule P14); `amount` in đồng."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    unit = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+")
    scheme = models.CharField(_("scheme"), max_length=4, choices=Scheme)
    amount = models.BigIntegerField(_("amount"))
    money_year = models.PositiveSmallIntegerField(_("year of the money"))
    returned_to = models.CharField(_("goes"), max_length=8, choices=ReturnedTo)
    voucher_number = NfcCharField(_("voucher number"), max_length=40)
    voucher_date = models.DateField(_("voucher date"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "voucher_number"], name="a_return_voucher_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cash_return_is_positive"),
            models.CheckConstraint(
                condition=~Q(scheme=Scheme.NCC) | ~Q(returned_to=ReturnedTo.PROVINCE),
                name="ncc_money_is_central",
            ),
        ]
