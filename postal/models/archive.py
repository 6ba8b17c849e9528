"""A commune's papers, being put together or ready."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.fields import MonthField, month_constraint


class ArchiveState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class ListArchive(models.Model):
    """The papers of one commune and month in one file; its name tells nothing and is not its address alone."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    month = MonthField()
    commune = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=ArchiveState, default=ArchiveState.WAITING)
    done = models.PositiveIntegerField(default=0)
    all = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            month_constraint("month", "archive_first_of_month"),
            models.CheckConstraint(condition=Q(done__lte=F("all")), name="archive_done_within_all"),
        ]
