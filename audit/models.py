"""What was changed and looked at, by whom; and the seals of the one hash chain over all history."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class EntryKind(models.TextChoices):
    INSERT = "insert", _("entered")
    UPDATE = "update", _("changed")
    DELETE = "delete", _("removed")
    LOOK = "look", _("looked at")


class Entry(models.Model):
    """One row changed, or one number shown whole. Written by triggers, never changed, never removed.

    `old` and `new` hold the changed columns; an encrypted or binary column says only that it changed ("…"). The
    numbers of person, list and officer are no foreign keys: history outlives what it speaks of.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=6, choices=EntryKind)
    table_name = models.CharField(max_length=63)
    row_key = models.CharField(max_length=64)
    person_id = models.BigIntegerField(null=True)
    batch_id = models.BigIntegerField(null=True)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    officer_id = models.BigIntegerField(null=True)
    source = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(
                fields=["person_id", "id"],
                condition=Q(person_id__isnull=False),
                name="entries_of_a_person",
            ),
            models.Index(
                fields=["batch_id", "id"],
                condition=Q(batch_id__isnull=False),
                name="entries_of_a_batch",
            ),
            models.Index(fields=["id"], condition=Q(kind="look"), name="looks_in_order"),
        ]


class Seal(models.Model):
    """A block of one table of history, with ids in (after, upto], bound to the seal before it.

    `content` is the SHA-256 of the rows' own hashes, `digest` of the seal before, the block's place and `content`.
    `ids` and `marks` (the first 8 bytes of each row's hash) only serve to name the row that no longer fits.
    """

    number = models.BigIntegerField(primary_key=True)
    table_name = models.CharField(max_length=63)
    after = models.BigIntegerField()
    upto = models.BigIntegerField()
    count = models.PositiveIntegerField()
    content = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    ids = ArrayField(models.BigIntegerField())
    marks = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("seal")
        constraints = [
            models.UniqueConstraint(fields=["table_name", "after"], name="a_block_sealed_once"),
            models.CheckConstraint(condition=Q(upto__gt=models.F("after")), name="a_block_has_ids"),
        ]
