"""The parts in which a confirmed conversion of benefits is carried out."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from beneficiaries.models import Conversion


class ConversionPart(models.Model):
    """Some of the grants that a conversion replaces, all of a person together: one transaction, and the unit of
    progress."""

    conversion = models.ForeignKey(Conversion, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    entitlements = ArrayField(models.BigIntegerField())
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversion", "number"], name="a_conversion_part_once")
        ]
