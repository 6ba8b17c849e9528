"""Officers' own views of lists."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField, NfcCharField


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
