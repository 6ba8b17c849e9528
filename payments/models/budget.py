"""What a paying unit may spend on a scheme in a year."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.models import Scheme
from common.fields import NfcCharField


class Allotment(models.Model):
    """One decision that adds to a budget line (unit × scheme × year), or takes from it where `amount` is negative.

    The line is the sum of its decisions; what is used of it is in the payments. Never changed, never removed (a
    trigger refuses): a mistake is put right by another decision.
    """

    unit = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+", verbose_name=_("paying unit"))
    scheme = models.CharField(_("scheme"), max_length=4, choices=Scheme)
    year = models.PositiveSmallIntegerField(_("budget year"))
    amount = models.BigIntegerField(_("amount"))
    decision_number = NfcCharField(_("decision number"), max_length=60)
    decision_date = models.DateField(_("decision date"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["year", "unit", "scheme"], name="allotment_by_line")]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="allotment_is_not_zero"),
            models.UniqueConstraint(
                fields=["unit", "scheme", "year", "decision_number"], name="an_allotment_once_a_decision"
            ),
        ]
