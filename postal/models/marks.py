"""What clerks marked at the pay desk, what was corrected, and what a commune is asked because of it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import ChangeRequest, Payee, Person
from benefits.models import Scheme
from common.fields import MonthField, NfcCharField, month_constraint
from payments.models import Payment
from postal.models.calendar import PayDay


class MarkKind(models.TextChoices):
    PAID = "paid", _("paid")
    NOT_PAID = "not_paid", _("not collected")


class NotPaidReason(models.TextChoices):
    ABSENT = "absent", _("absent")
    MOVED = "moved", _("moved away")
    DIED = "died", _("died")
    REFUSED = "refused", _("refused")
    WRONG_PERSON = "wrong_person", _("wrong person")
    OTHER = "other", _("another reason")


class Mark(models.Model):
    """One mark of one clerk on one device, under the id that the device gave it. Never changed: what is so follows
    from all of them (`postal.merge`). `payee` is who collected when not the person; `late` came after the seal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="marks")
    pay_day = models.ForeignKey(PayDay, models.PROTECT, related_name="marks")
    device = models.UUIDField()
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=MarkKind)
    receipt = NfcCharField(_("receipt number"), max_length=40, blank=True)
    payee = models.ForeignKey(Payee, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=12, choices=NotPaidReason, blank=True)
    note = NfcCharField(_("note"), max_length=200, blank=True)
    marked_at = models.DateTimeField()
    received_at = models.DateTimeField()
    late = models.BooleanField(default=False)

    class Meta:
        indexes = [
            # Half a million in a province's month: what is asked of all of them is answered by an index alone.
            models.Index(
                fields=["pay_day", "payment"], include=["id"], condition=Q(kind="paid"), name="mark_paid"
            ),
            models.Index(
                fields=["pay_day", "payee", "payment"], condition=Q(payee__isnull=False), name="mark_of_payee"
            ),
            models.Index(fields=["pay_day"], condition=Q(kind="not_paid"), name="mark_not_paid"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=MarkKind.PAID, reason="") & ~Q(receipt="")
                | Q(kind=MarkKind.NOT_PAID, payee__isnull=True, receipt="", reason__in=NotPaidReason.values),
                name="mark_is_complete",
            )
        ]


class Correction(models.Model):
    """A change of what the marks or the results say: asked for with a reason, decided by a second person."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="corrections")
    wanted = models.CharField(max_length=8, choices=MarkKind)
    reason = NfcCharField(_("reason"), max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="two_people_correct_a_mark",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True, accepted__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False, accepted__isnull=False),
                name="correction_decided_whole",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_its_reason"),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(decided_by__isnull=True), name="one_open_correction_a_payment"
            ),
        ]


class NoticeKind(models.TextChoices):
    DIED = "died", _("reported dead at the pay desk")
    MOVED = "moved", _("reported moved at the pay desk")
    UNCOLLECTED = "uncollected", _("not collected three months in a row")
    LAPSED = "lapsed", _("the authorisation to collect has lapsed")


class Notice(models.Model):
    """A question to the commune about one person: change the record, propose a suspension, or visit. `request` is the
    change of the record that it opened by itself, for a death, a move or a suspension."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    commune = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=4, choices=Scheme)
    kind = models.CharField(max_length=12, choices=NoticeKind)
    month = MonthField()
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="+")
    request = models.ForeignKey(
        ChangeRequest, models.PROTECT, null=True, related_name="+", verbose_name=_("change request")
    )
    opened_at = models.DateTimeField()
    answer = NfcCharField(_("answer"), max_length=300, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            month_constraint("month", "notice_first_of_month"),
            models.UniqueConstraint(
                fields=["person", "scheme", "kind"],
                condition=Q(answered_at__isnull=True),
                name="one_open_notice_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="notice_answered_whole",
            ),
        ]
