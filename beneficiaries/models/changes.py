"""Requests to change what is on record: one officer asks, another decides."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models.people import Person
from beneficiaries.transitions import OPEN, ChangeState
from common.fields import BlindIndexField, EncryptedTextField, NfcCharField


class ChangeKind(models.TextChoices):
    NEW = "new", _("new grant")
    CHANGE = "change", _("change of facts")
    SUSPEND = "suspend", _("suspension")
    RESUME = "resume", _("resumption")
    STOP = "stop", _("stop")
    MOVE = "move", _("move")
    PAYOUT = "payout", _("way of being paid")
    PAYEE = "payee", _("who collects")
    DEATH = "death", _("death")


class ChangePath(models.TextChoices):
    APPLICATION = "application", _("application, not yet decided")
    SIGNED = "signed", _("decision already signed")


# What a decision must have been signed for; the way of being paid and the payee are the person's own choice.
SIGNED_FOR = (
    ChangeKind.NEW,
    ChangeKind.SUSPEND,
    ChangeKind.RESUME,
    ChangeKind.STOP,
    ChangeKind.MOVE,
    ChangeKind.DEATH,
)


class ChangeRequest(models.Model):
    """One request, from its draft to the decision.

    `content` is what is asked, as JSON under encryption, for it holds identity and account numbers; `before` is what
    that replaces, so that a change of the record in between is seen. `commune` is where it comes from. `version`
    counts the edits, so that nobody decides about what they have not seen; `client_key` makes a draft sent twice one.
    """

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    client_key = models.UUIDField(unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=ChangeKind)
    path = models.CharField(_("path"), max_length=11, choices=ChangePath)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="change_requests", verbose_name=_("beneficiary")
    )
    commune = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+", verbose_name=_("commune"))
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="parts", verbose_name=_("part of")
    )
    decision_number = NfcCharField(_("decision number"), max_length=60, blank=True)
    decision_date = models.DateField(_("decision date"), null=True)
    decision_signer = NfcCharField(_("signed by"), max_length=120, blank=True)
    content = EncryptedTextField(_("content"))
    before = EncryptedTextField(_("what was on record"), null=True)
    national_id_index = BlindIndexField(domain="national_id", null=True)
    state = models.CharField(_("state"), max_length=9, choices=ChangeState, default=ChangeState.DRAFT)
    version = models.PositiveIntegerField(_("version"), default=1)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = NfcCharField(_("reason"), max_length=500, blank=True)
    decide_by = models.DateField(_("to be decided by"), null=True)
    scans_due = models.DateField(_("scans to follow by"), null=True)

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        indexes = [models.Index(fields=["commune", "state", "id"], name="change_by_commune")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ChangeState.values), name="change_state_known"),
            models.CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="change_kind_known"),
            models.CheckConstraint(condition=Q(path__in=ChangePath.values), name="change_path_known"),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(kind=ChangeKind.NEW), name="change_of_a_person"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | ~Q(decided_by=F("submitted_by")) & ~Q(decided_by=F("prepared_by")),
                name="two_people_change",
            ),
            models.CheckConstraint(
                condition=Q(state=ChangeState.WITHDRAWN)
                | Q(
                    state=ChangeState.DRAFT,
                    submitted_by__isnull=True,
                    opened_by__isnull=True,
                    decided_by__isnull=True,
                )
                | Q(
                    state=ChangeState.SUBMITTED,
                    submitted_by__isnull=False,
                    opened_by__isnull=True,
                    decided_by__isnull=True,
                )
                | Q(
                    state=ChangeState.OPENED,
                    submitted_by__isnull=False,
                    opened_by__isnull=False,
                    decided_by__isnull=True,
                )
                | Q(
                    state__in=(ChangeState.RETURNED, ChangeState.APPROVED, ChangeState.REFUSED),
                    submitted_by__isnull=False,
                    opened_by__isnull=False,
                    decided_by__isnull=False,
                ),
                name="change_state_has_its_people",
            ),
            models.CheckConstraint(
                condition=Q(submitted_by__isnull=True, submitted_at__isnull=True)
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="submitted_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(opened_by__isnull=True, opened_at__isnull=True)
                | Q(opened_by__isnull=False, opened_at__isnull=False),
                name="opened_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="decided_at_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(ChangeState.RETURNED, ChangeState.REFUSED)) | ~Q(reason=""),
                name="sent_back_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state=ChangeState.APPROVED)
                | ~Q(kind__in=SIGNED_FOR)
                | ~Q(decision_number="") & Q(decision_date__isnull=False),
                name="approved_names_its_decision",
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(state__in=OPEN) & ~Q(kind=ChangeKind.NEW),
                name="one_open_change_of_a_kind",
            ),
            models.UniqueConstraint(
                fields=["national_id_index"],
                condition=Q(state__in=OPEN, kind=ChangeKind.NEW, person__isnull=True),
                name="one_open_request_for_a_newcomer",
            ),
        ]

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked, decrypted; beneficiaries.operations.changes.applying says which keys each kind has."""
        found: dict[str, Any] = json.loads(self.content)
        return found

    @property
    def national_id(self) -> str | None:
        """The number of whom a request describes who is not on record yet: what `national_id_index` is the hash of."""
        person = self.asked.get("person") if self.person_id is None else None
        return (person.get("national_id") or None) if isinstance(person, dict) else None

    @property
    def found(self) -> dict[str, Any] | None:
        """What stood on record in the place of what is asked when it was submitted; None in a draft."""
        return json.loads(self.before) if self.before else None


class ChangeEvent(models.Model):
    """One change of state of a request. Never changed, never removed (a trigger refuses)."""

    request = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="events")
    from_state = models.CharField(max_length=9, blank=True)
    to_state = models.CharField(max_length=9)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]


class AttachmentKind(models.TextChoices):
    PDF = "pdf", "PDF"
    JPEG = "jpg", "JPEG"


class Attachment(models.Model):
    """A scanned paper of a request; the file itself lies under the private files by this row's uuid."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="attachments")
    kind = models.CharField(max_length=3, choices=AttachmentKind)
    title = NfcCharField(_("title"), max_length=120)
    size = models.PositiveIntegerField(_("size, bytes"))
    digest = models.BinaryField(max_length=32)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("attachment")
        constraints = [
            models.UniqueConstraint(fields=["request", "digest"], name="an_attachment_once"),
        ]
