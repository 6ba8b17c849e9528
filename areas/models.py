"""Administrative units, valid between two dates, and their successors.

The General Statistics Office reuses codes with another meaning (22918 was the ward Hàm Tiến until
2025-06-30 and is the ward Mũi Né since), so a unit is never found by its code alone: it takes the code and
a date (`Unit.objects.on(date)`) or the code and `valid_from`.
"""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    PROVINCE = "province", _("Province")
    DISTRICT = "district", _("District")
    COMMUNE = "commune", _("Commune")


class UnitQuerySet(models.QuerySet["Unit"]):
    """Chainable selections; each returns units, none runs a query by itself."""

    def on(self, date: dt.date) -> UnitQuerySet:
        """Units in being on `date`."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=date), valid_from__lte=date)

    def provinces(self) -> UnitQuerySet:
        return self.filter(level=Level.PROVINCE)

    def districts(self) -> UnitQuerySet:
        return self.filter(level=Level.DISTRICT)

    def communes(self) -> UnitQuerySet:
        return self.filter(level=Level.COMMUNE)

    def under(self, unit: Unit) -> UnitQuerySet:
        """`unit` itself and every unit below it (province > district > commune)."""
        return self.filter(Q(pk=unit.pk) | Q(parent=unit.pk) | Q(parent__parent=unit.pk))

    def under_or_before(self, unit: Unit) -> UnitQuerySet:
        """`under(unit)`, and the units whose default successor is among them, which these follow in their affairs.

        All of a province that was merged follows with it; of a district only what it was itself, not its communes.
        """
        taken_over = Succession.objects.filter(is_default=True, successor__in=Unit.objects.under(unit))
        merged = taken_over.filter(predecessor__level=Level.PROVINCE).values("predecessor")
        return self.filter(
            Q(pk__in=Unit.objects.under(unit).values("pk"))
            | Q(pk__in=taken_over.values("predecessor"))
            | Q(parent__in=merged)
            | Q(parent__parent__in=merged)
        )

    def paying(self) -> UnitQuerySet:
        """Units that pay at least one commune."""
        return self.filter(pk__in=Unit.objects.exclude(paying_unit=None).values("paying_unit"))


class Unit(models.Model):
    """A province, district or commune between `valid_from` and `valid_to` (both inclusive)."""

    level = models.CharField(_("level"), max_length=8, choices=Level.choices)
    code = models.CharField(_("code"), max_length=5)
    kind = models.CharField(_("kind of unit"), max_length=12)
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name=_("part of")
    )
    paying_unit = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="pays_for", verbose_name=_("paying unit")
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("administrative unit")
        verbose_name_plural = _("administrative units")
        ordering = ["valid_from", "code"]
        constraints = [
            models.UniqueConstraint(fields=["level", "code", "valid_from"], name="unit_level_code_from_key"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="unit_level_known"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="unit_dates_ordered",
            ),
            models.CheckConstraint(
                condition=Q(level=Level.PROVINCE, parent__isnull=True)
                | (~Q(level=Level.PROVINCE) & Q(parent__isnull=False)),
                name="unit_parent_unless_province",
            ),
            models.CheckConstraint(
                condition=Q(level=Level.COMMUNE) | Q(paying_unit__isnull=True),
                name="unit_payer_of_communes_only",
            ),
            ExclusionConstraint(
                name="unit_one_meaning_a_day",
                expressions=[
                    ("level", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """`successor` took over (part of) `predecessor`; the default one takes all that is not told apart."""

    predecessor = models.ForeignKey(
        Unit, models.PROTECT, related_name="successions", verbose_name=_("predecessor")
    )
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="origins", verbose_name=_("successor"))
    on_date = models.DateField(_("took effect on"))
    is_default = models.BooleanField(_("default successor"), default=True)

    class Meta:
        verbose_name = _("succession of units")
        verbose_name_plural = _("successions of units")
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_pair_key"),
            models.UniqueConstraint(
                fields=["predecessor"], condition=Q(is_default=True), name="succession_one_default"
            ),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="succession_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"
