"""What the pages that cross apps keep: reorganisations, uploaded rolls, lists of other offices, officers' own views."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField, MonthField, NfcCharField, month_constraint
from desk.civil_models import CivilKind as CivilKind
from desk.civil_models import CivilList as CivilList
from desk.civil_models import CivilMatch as CivilMatch
from desk.civil_models import Effect as Effect
from desk.civil_models import Likeness as Likeness
from desk.civil_models import MatchVerdict as MatchVerdict


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


class UploadState(models.TextChoices):
    WAITING = "waiting", _("waits for a worker")
    CHECKED = "checked", _("checked, not applied")
    TO_APPLY = "to_apply", _("is being applied")
    APPLIED = "applied", _("applied")
    UNREADABLE = "unreadable", _("refused as a whole")
    DISCARDED = "discarded", _("discarded")


class RollUpload(models.Model):
    """A roll that an officer uploaded: checked first, applied when they say so, by the same rules as the command.

    The file lies under the private files by this row's uuid until it is applied, discarded or a week old. `report`
    is what the check found, as JSON under encryption: it quotes the roll. `digest` is of what the officer was shown.
    """

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    name = NfcCharField(_("file"), max_length=120)
    size = models.PositiveIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=UploadState, default=UploadState.WAITING)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    report = EncryptedTextField(null=True)
    digest = models.BinaryField(max_length=32, null=True)
    paid_through = MonthField(_("paid elsewhere through"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("officer")
    )
    at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("uploaded roll")
        verbose_name_plural = _("uploaded rolls")
        indexes = [models.Index(fields=["by", "-id"], name="uploads_of_an_officer")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=UploadState.values), name="upload_state_known"),
            month_constraint("paid_through", "upload_paid_through_a_month"),
        ]

    def __str__(self) -> str:
        return self.name


class SavedKind(models.TextChoices):
    FILTER = "filter", _("filter")
    COLUMNS = "columns", _("columns")


class SavedView(models.Model):
    """What an officer keeps of one list under a name of their own: a filter, or the columns that another system wants.

    `content` is JSON: of a filter the fields of the list's form, of columns the pairs [key, title] in their order. It
    is kept under encryption, for what was searched may be a person's name.
    """

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("officer"), db_index=False
    )
    listing = models.CharField(max_length=20)
    kind = models.CharField(max_length=7, choices=SavedKind)
    name = NfcCharField(_("name"), max_length=60)
    content = EncryptedTextField()

    class Meta:
        verbose_name = _("saved view of a list")
        verbose_name_plural = _("saved views of lists")
        constraints = [
            models.UniqueConstraint(fields=["user", "listing", "kind", "name"], name="a_view_of_a_name_once"),
            models.CheckConstraint(condition=Q(kind__in=SavedKind.values), name="saved_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name
