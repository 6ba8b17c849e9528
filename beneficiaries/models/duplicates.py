"""What an officer decided about two descriptions that are alike: one person, or two."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models.people import Person
from common.fields import BlindIndexField, NfcCharField


class Verdict(models.TextChoices):
    DIFFERENT = "different", _("two people")
    SAME = "same", _("one person")


class LikenessDecision(models.Model):
    """That somebody described in an application or on record is, or is not, this person.

    `described_index` is the keyed hash of the description (see `beneficiaries.duplicates.description`), so that the
    question is not asked again for the same one, and no second copy of an identity number is kept.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="likeness_decisions", db_index=False)
    described_index = BlindIndexField(domain="described_person")
    verdict = models.CharField(_("decision"), max_length=9, choices=Verdict)
    reason = NfcCharField(_("reason"), max_length=300)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        verbose_name = _("decision on two alike")
        constraints = [
            models.UniqueConstraint(fields=["person", "described_index"], name="one_decision_on_a_likeness"),
            models.CheckConstraint(condition=~Q(reason=""), name="likeness_decided_with_a_reason"),
        ]


class PairKind(models.TextChoices):
    ACCOUNT = "account", _("one account for both")
    NAME = "name", _("same name and birth")
    LIKE = "like", _("like name, same birth and commune")


class LikePair(models.Model):
    """Two registered people who may be one person, or are paid into one account; `verdict` is '' until somebody has
    decided, and then stays."""

    first = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(_("why"), max_length=7, choices=PairKind)
    found_on = models.DateField(_("found on"))
    verdict = models.CharField(_("decision"), max_length=9, choices=Verdict, blank=True)
    reason = NfcCharField(_("reason"), max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("two people alike")
        verbose_name_plural = _("people alike")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="a_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="a_pair_in_order"),
            models.CheckConstraint(
                condition=Q(verdict="", reason="", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(verdict="") & ~Q(reason="") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="a_pair_decided_whole",
            ),
        ]
