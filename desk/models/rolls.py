"""Rolls uploaded in the browser."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField, MonthField, NfcCharField, month_constraint


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
