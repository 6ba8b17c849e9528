"""The bank channel's tables: who may call the interface, what was answered, what banks are told and say of accounts."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import PayoutMethod, Person, Provider
from common.fields import BlindIndexField, EncryptedTextField, NfcCharField
from payments.models import Event, StopOrder


class Scope(models.TextChoices):
    READ = "read", _("read lists and payments")
    RESULTS = "results", _("acknowledge lists and report results")
    ACCOUNTS = "accounts", _("answer and report about accounts")
    STATEMENTS = "statements", _("deliver statements")


class Profile(models.Model):
    """What the province has agreed with one bank: whom to call, the account debited, the columns of its Excel file."""

    provider = models.OneToOneField(Provider, models.PROTECT, primary_key=True, related_name="bank_profile")
    contact = NfcCharField(_("contact"), max_length=200, blank=True)
    debtor_account = models.CharField(_("account debited"), max_length=34, blank=True)
    columns = models.JSONField(_("columns of the Excel file"), default=list)


class Client(models.Model):
    """One program of a bank that may call the interface: its scopes, where it calls from, how often."""

    id = models.CharField(primary_key=True, max_length=40)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="clients", verbose_name=_("bank"))
    name = NfcCharField(_("name"), max_length=120)
    scopes = ArrayField(models.CharField(max_length=12, choices=Scope), verbose_name=_("scopes"))
    networks = ArrayField(
        models.CharField(max_length=43), default=list, blank=True, verbose_name=_("networks allowed")
    )
    certificate_sha256 = models.CharField(_("certificate thumbprint (SHA-256)"), max_length=64, blank=True)
    per_minute = models.PositiveIntegerField(_("requests a minute"), default=600)
    sandbox = models.BooleanField(_("for trying out"), default=False)
    active = models.BooleanField(_("in use"), default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["provider", "id"]

    def __str__(self) -> str:
        return f"{self.provider} · {self.name}"


class Secret(models.Model):
    """A client's secret, as its SHA-256 (the secret is 256 random bits). At a rotation two are valid for a while."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="secrets")
    digest = models.BinaryField(max_length=32)
    ending = models.CharField(max_length=4)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)


class Token(models.Model):
    """An access token, as its SHA-256."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    client = models.ForeignKey(Client, models.CASCADE, related_name="tokens")
    scopes = ArrayField(models.CharField(max_length=12))
    expires_at = models.DateTimeField(db_index=True)


class StoredAnswer(models.Model):
    """What a request with an Idempotency-Key was answered, written in the transaction of its effect."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="an_idempotency_key_once")]


class Webhook(models.Model):
    """Where a bank wants to be told what happens to its lists; each notice is signed with the key."""

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    client = models.OneToOneField(Client, models.CASCADE, related_name="webhook")
    url = models.URLField(_("address"), max_length=300)
    key = EncryptedTextField(_("signing key"))
    since = models.DateTimeField()
    active = models.BooleanField(_("in use"), default=True)


class NoticeKind(models.TextChoices):
    RELEASED = "batch.released", _("list released")
    RECALLED = "batch.recalled", _("list recalled")
    STOP = "stop.ordered", _("stop ordered")


class NoticeState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    GIVEN_UP = "given_up", _("given up")


class Notice(models.Model):
    """One notice for one webhook. The engine's own events are the outbox: a notice exists once for each of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=14, choices=NoticeKind)
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="+")
    stop = models.ForeignKey(StopOrder, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=9, choices=NoticeState, default=NoticeState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="notices_that_wait")]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event"], name="a_notice_once_for_an_event"),
            models.UniqueConstraint(fields=["webhook", "stop"], name="a_notice_once_for_a_stop"),
            models.CheckConstraint(
                condition=Q(event__isnull=False, stop__isnull=True)
                | Q(event__isnull=True, stop__isnull=False),
                name="notice_of_an_event_or_a_stop",
            ),
        ]


class Attempt(models.Model):
    """One delivery tried: the status that the bank answered (0 for none) and how long it took."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="tried")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField()
    milliseconds = models.PositiveIntegerField()
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]


class InquiryState(models.TextChoices):
    WAITING = "waiting", _("waits for the bank")
    MATCHED = "matched", _("name agrees")
    DIFFERS = "differs", _("name differs")
    UNKNOWN = "unknown", _("no such account")


class Inquiry(models.Model):
    """The province asks a bank whose an account is; the answer is compared with the name on the roll."""

    payout_method = models.ForeignKey(PayoutMethod, models.PROTECT, related_name="inquiries")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=InquiryState, default=InquiryState.WAITING)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    holder = NfcCharField(_("holder, as the bank has it"), max_length=140, blank=True)
    score = models.PositiveSmallIntegerField(_("likeness of the names, %"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payout_method"], condition=Q(state="waiting"), name="an_account_asked_once_at_a_time"
            )
        ]


class ReportKind(models.TextChoices):
    CLOSED = "closed", _("account closed")
    RENAMED = "renamed", _("holder renamed")
    OPENED = "opened", _("account opened")


class ReportState(models.TextChoices):
    WAITING = "waiting", _("waits for an officer")
    TAKEN = "taken", _("taken over")
    REFUSED = "refused", _("not taken over")
    UNRELATED = "unrelated", _("concerns nobody on the roll")


class AccountReport(models.Model):
    """What a bank says of its own accord: one closed, renamed, or opened for somebody at a campaign."""

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=ReportKind)
    account = EncryptedTextField(_("account number"))
    account_index = BlindIndexField(domain="account")
    holder = NfcCharField(_("account holder"), max_length=140, blank=True)
    on = models.DateField(_("on"))
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    score = models.PositiveSmallIntegerField(_("likeness of the names, %"), null=True)
    state = models.CharField(max_length=9, choices=ReportState, default=ReportState.WAITING)
    received_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "kind", "account_index", "on"], name="an_account_reported_once"
            )
        ]
