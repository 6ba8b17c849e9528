"""Proof that cash reached people: scans of signed lists, the supervisor's minutes, calls to a random few."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.fields import NfcCharField, NfcTextField
from payments.models import Payment
from postal.models.calendar import PayDay


class Scan(models.Model):
    """A scanned signed list of a pay day; `signed` is how many signatures and fingerprints it shows."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pay_day = models.ForeignKey(PayDay, models.PROTECT, related_name="scans")
    signed = models.PositiveIntegerField(_("signatures and fingerprints"))
    kind = models.CharField(max_length=4)
    size = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pay_day", "digest"], name="a_scan_once")]


class Minutes(models.Model):
    """What the supervisor of a pay day wrote down: people paid and cash (đồng) by his own count."""

    pay_day = models.OneToOneField(PayDay, models.PROTECT, related_name="minutes")
    people = models.PositiveIntegerField(_("people paid, counted by the supervisor"))
    amount = models.BigIntegerField(_("cash paid out, đồng"))
    text = NfcTextField(_("what happened"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class CallResult(models.TextChoices):
    CONFIRMED = "confirmed", _("received the money")
    DENIED = "denied", _("did not receive it")
    UNREACHED = "unreached", _("not reached")


class CallBack(models.Model):
    """A paid person drawn at random to be called: did you get it, and how much?"""

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="call_back")
    drawn_at = models.DateTimeField()
    result = models.CharField(max_length=9, choices=CallResult, blank=True)
    note = NfcCharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(result="", by__isnull=True, at__isnull=True)
                | ~Q(result="") & Q(by__isnull=False, at__isnull=False),
                name="call_back_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(at__isnull=True) | Q(at__gte=F("drawn_at")), name="called_after_being_drawn"
            ),
        ]
