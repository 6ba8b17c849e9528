"""Reorganisations of units, and where the hamlets of split communes belong."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.fields import NfcCharField


class Reorganisation(models.Model):
    """That people, officers and paying move to the units which begin on `on_date`.

    `digest` is of the preview that the first officer agreed to; the second one's must be the same. `finishers`
    names, for each paying unit that ends, the unit that finishes its open cycles: {unit id: successor's id}.
    """

    on_date = models.DateField(_("units begin on"), primary_key=True)
    finishers = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    people = models.PositiveIntegerField(_("people moved"), default=0)
    roles = models.PositiveIntegerField(_("roles moved"), default=0)

    class Meta:
        verbose_name = _("reorganisation of units")
        verbose_name_plural = _("reorganisations of units")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("prepared_by")),
                name="two_people_reorganise",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="reorganisation_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on_date:%d/%m/%Y}"


class HamletPlacement(models.Model):
    """To which successor a hamlet of a split commune belongs; without one its people sit in the default successor."""

    predecessor = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+")
    hamlet = NfcCharField(_("hamlet"), max_length=120, blank=True)
    successor = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+", verbose_name=_("successor"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        verbose_name = _("hamlet of a split commune")
        constraints = [models.UniqueConstraint(fields=["predecessor", "hamlet"], name="a_hamlet_placed_once")]
