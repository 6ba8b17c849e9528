"""Who was told about accounts and what they answered; where and when groups of people are to be told."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models.payouts import ObstacleReason
from beneficiaries.models.people import Person
from common.fields import MonthField, NfcCharField, month_constraint


class Way(models.TextChoices):
    HOME = "home", _("home visit")
    PHONE = "phone", _("by telephone")
    MEETING = "meeting", _("at a meeting")
    PAY_DESK = "pay_desk", _("at the pay desk")


class Group(models.TextChoices):
    ELDERLY = "elderly", _("elderly (60 and older)")
    DISABLED = "disabled", _("disabled")
    POOR = "poor", _("poor")
    MERITORIOUS = "meritorious", _("with revolutionary contributions")


NOT_MET = "not_met"
# Every answer is the person's obstacle from then on; who was not met has given none.
ANSWERS: list[tuple[str, object]] = [
    *((key, label) for key, label in ObstacleReason.choices if key != ObstacleReason.NOT_ASKED),
    (NOT_MET, _("was not met")),
]


class OutreachPlan(models.Model):
    """One gathering or round of visits that a commune means to hold: whom, in which hamlets, when and where."""

    commune = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+", verbose_name=_("commune"))
    month = MonthField(_("month"))
    on = models.DateField(_("day"))
    way = models.CharField(_("how"), max_length=8, choices=Way, default=Way.MEETING)
    group = models.CharField(_("group"), max_length=11, choices=Group, blank=True)
    hamlets = ArrayField(NfcCharField(max_length=120), default=list, blank=True, verbose_name=_("hamlets"))
    place = NfcCharField(_("place"), max_length=120, blank=True)
    withdrawn = models.BooleanField(_("withdrawn"), default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("outreach plan")
        constraints = [
            month_constraint("month", "outreach_plan_month_first"),
            models.UniqueConstraint(
                fields=["commune", "on", "way", "group", "place"],
                condition=Q(withdrawn=False),
                name="an_outreach_planned_once",
            ),
        ]


class Outreach(models.Model):
    """One person told about accounts, once. Noted again for the same day and way it is corrected, not doubled.

    `heard_by`: who was told in the person's place ('' for the person), `told_by`: who told them.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="outreach")
    plan = models.ForeignKey(OutreachPlan, models.PROTECT, null=True, related_name="outreach")
    on = models.DateField(_("day"))
    way = models.CharField(_("how"), max_length=8, choices=Way)
    told_by = NfcCharField(_("who told"), max_length=120)
    heard_by = NfcCharField(_("who was told"), max_length=120, blank=True)
    answer = models.CharField(_("answer"), max_length=16, choices=ANSWERS)
    ask_again_on = models.DateField(_("ask again on"), null=True, blank=True)
    note = NfcCharField(_("note"), max_length=200, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("outreach")
        indexes = [models.Index(fields=["on", "answer"], name="outreach_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["person", "on", "way"], name="told_once_a_day_in_a_way"),
            models.CheckConstraint(
                condition=Q(ask_again_on__isnull=True)
                | ~Q(answer=ObstacleReason.CHOOSES_CASH) & Q(ask_again_on__gt=F("on")),
                name="asked_again_later_and_never_about_a_final_answer",
            ),
        ]
