"""Lists of other offices held against the roll: deaths of the civil registry, poor and near-poor households."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import ChangeRequest, Entitlement, Person
from common.fields import EncryptedTextField, MonthField, NfcCharField, month_constraint


class CivilKind(models.TextChoices):
    DEATHS = "deaths", _("deaths")
    POVERTY = "poverty", _("poor and near-poor households")


class Likeness(models.TextChoices):
    NONE = "", _("nobody on record")
    EXACT = "exact", _("same identity number")
    ALIKE = "alike", _("name and birth alike")


class Effect(models.TextChoices):
    DEATH = "death", _("died by the list")
    KNOWN_DEAD = "known_dead", _("death on record already")
    GAIN = "gain", _("may newly receive")
    LOSE = "lose", _("no longer meets the condition")


class MatchVerdict(models.TextChoices):
    OPEN = "", _("not decided")
    SAME = "same", _("one person")
    DIFFERENT = "different", _("somebody else")


class CivilList(models.Model):
    """A list as it was uploaded: who, when, how many rows. The file is not kept, nor rows that match nobody.

    `kept_at` is when its officer, having seen the preview, took it into the worklist. `month` is from when a list of
    households counts. `communes` are those that it names: `unit` (id), `name`, `before` and `now` (names of what it
    followed, and of what followed it), `rows`, `held` (people of it with a benefit that asks for such a household),
    `unsure` (of these, who lose for want of a row that is surely theirs) and, once kept, `complete`: whether its
    officer said that the list is complete for it. `problems` are the rows refused, as JSON under encryption: they quote
    the list.
    """

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    kind = models.CharField(max_length=7, choices=CivilKind)
    name = NfcCharField(_("file"), max_length=120)
    digest = models.BinaryField(max_length=32)
    month = MonthField(_("from month"), null=True)
    rows = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    unmatched = models.PositiveIntegerField()
    elsewhere = models.PositiveIntegerField()
    communes = models.JSONField(default=list)
    problems = EncryptedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("list of another office")
        indexes = [models.Index(fields=["kind", "by", "-id"], name="civil_lists_of_an_officer")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CivilKind.values), name="civil_kind_known"),
            month_constraint("month", "civil_list_first_of_month"),
            models.UniqueConstraint(fields=["kind", "by", "digest"], name="a_civil_list_taken_once"),
        ]

    def __str__(self) -> str:
        return self.name


class CivilMatch(models.Model):
    """What one row of a list, or the lack of one, means for a person. `said` is what the list says, as JSON under
    encryption. `commune` is where the person lives, or the household of somebody not on record. `absent_from` is of a
    loss without a row that is surely the person's: the commune of the list where they are missing."""

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    list = models.ForeignKey(CivilList, models.CASCADE, related_name="matches")
    number = models.PositiveIntegerField(_("row"), null=True)
    said = EncryptedTextField()
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    commune = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+")
    entitlement = models.ForeignKey(Entitlement, models.PROTECT, null=True, related_name="+", db_index=False)
    absent_from = models.ForeignKey("areas.Unit", models.PROTECT, null=True, related_name="+", db_index=False)
    likeness = models.CharField(max_length=5, choices=Likeness, blank=True)
    effect = models.CharField(max_length=10, choices=Effect)
    verdict = models.CharField(max_length=9, choices=MatchVerdict, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    request = models.ForeignKey(ChangeRequest, models.SET_NULL, null=True, related_name="+", db_index=False)

    @property
    def holds(self) -> bool:
        """Whether what the list would mean is so: of a row that is only alike a person must have decided, that it is
        this one, or of somebody missing on the list that it is somebody else."""
        wanted = MatchVerdict.DIFFERENT if self.absent_from_id else MatchVerdict.SAME
        return self.likeness != Likeness.ALIKE or self.verdict == wanted

    class Meta:
        verbose_name = _("match with a list of another office")
        indexes = [models.Index(fields=["commune", "effect", "id"], name="civil_matches_of_a_commune")]
        constraints = [
            models.CheckConstraint(condition=Q(effect__in=Effect.values), name="civil_effect_known"),
            models.CheckConstraint(condition=Q(likeness__in=Likeness.values), name="civil_likeness_known"),
            models.CheckConstraint(condition=Q(verdict__in=MatchVerdict.values), name="civil_verdict_known"),
            models.CheckConstraint(
                condition=Q(verdict="", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(verdict="") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="civil_verdict_has_its_officer",
            ),
        ]
