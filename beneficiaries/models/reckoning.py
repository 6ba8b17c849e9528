"""The look-back queue."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from beneficiaries.models.people import Person
from common.fields import MonthField, month_constraint


class ReckonReason(models.TextChoices):
    GRANTED = "granted", _("new grant")
    CHANGED = "changed", _("changed facts")
    RATE = "rate", _("change of law")
    UNDELIVERED = "undelivered", _("payment not delivered")
    ADJUSTED = "adjusted", _("adjustment")


ALWAYS_READY = date(1900, 1, 1)


class Reckon(models.Model):
    """The look-back queue: the next round reckons this person's months from `from_month` again.

    Written in the transaction that made it necessary; read and deleted by generation, row by row. `ready_on` is
    the list date from which the cause counts: a decree signed today may be in force only next month; facts about
    a person always count (`ALWAYS_READY`).
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="reckons")
    from_month = MonthField()
    ready_on = models.DateField()
    reason = models.CharField(max_length=12, choices=ReckonReason)

    class Meta:
        constraints = [month_constraint("from_month", "reckon_first_of_month")]
