"""Officers, and what each may do where and when."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.fields import BlindIndexField, EncryptedTextField, NfcCharField


class User(AbstractUser):
    """An officer, a clerk or a viewer. What one may see and do comes from dated roles, never from this row."""

    full_name = models.CharField(_("full name"), max_length=150, blank=True)
    # Set while the password is one that somebody else knows: it opens nothing but the page that changes it.
    first_password_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("officer")
        verbose_name_plural = _("officers")

    def __str__(self) -> str:
        return self.full_name or self.username


class RoleName(models.TextChoices):
    COMMUNE_OFFICER = "commune_officer", _("Commune civil servant")
    PREPARER = "preparer", _("Officer who prepares lists")
    APPROVER = "approver", _("Approver")
    ACCOUNTANT = "accountant", _("Accountant")
    POST_CLERK = "post_clerk", _("Post clerk")
    VIEWER = "viewer", _("Viewer")
    ADMINISTRATOR = "administrator", _("Provincial administrator")
    AUDITOR = "auditor", _("Auditor")


class RoleQuerySet(models.QuerySet["Role"]):
    def on(self, day: object) -> RoleQuerySet:
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class Role(models.Model):
    """One role in one unit (and everything under it) for a time."""

    user = models.ForeignKey(User, models.PROTECT, related_name="roles", verbose_name=_("officer"))
    name = models.CharField(_("role"), max_length=20, choices=RoleName)
    unit = models.ForeignKey("areas.Unit", models.PROTECT, related_name="roles", verbose_name=_("unit"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="role_ends_after_it_begins",
            ),
            models.UniqueConstraint(fields=["user", "name", "unit", "valid_from"], name="one_role_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_name_display()} · {self.unit}"


class SecondFactor(models.Model):
    """The officer's authenticator (TOTP, RFC 6238): asked for before what cannot be taken back.

    `secret` is Base32; `pending` is that of an authenticator not yet proved by a code. `invitation` is the code with
    which the first one may be set up: a password alone is not enough for it. `last_step` is the time step of the last
    code taken: neither it nor an earlier one is taken again. `failures` counts wrong codes in a row.
    """

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="second_factor")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    secret = EncryptedTextField(null=True)
    pending = EncryptedTextField(null=True)
    invitation = EncryptedTextField(null=True)
    since = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")

    def __str__(self) -> str:
        return str(self.user)


class RecoveryCode(models.Model):
    """One code that stands in for a lost authenticator, once; only its keyed hash is kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="recovery_codes")
    code_index = BlindIndexField(domain="recovery_code")
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [models.UniqueConstraint(fields=["user", "code_index"], name="one_recovery_code_once")]

    def __str__(self) -> str:
        return str(self.user)


class Delegation(models.Model):
    """That another officer may do, as herself, what a role allows while its holder is away."""

    role = models.ForeignKey(Role, models.PROTECT, related_name="delegations", verbose_name=_("role"))
    to = models.ForeignKey(User, models.PROTECT, related_name="delegations", verbose_name=_("delegate"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"))
    reason = NfcCharField(_("reason"), max_length=200)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="delegation_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} → {self.to}"


class ChangeKind(models.TextChoices):
    CREATE = "create", _("new account")
    ROLE = "role", _("new role")
    RESET = "reset", _("new password and authenticator")
    END_ROLE = "end_role", _("role ended")
    LEAVE = "leave", _("account closed")


class ChangeState(models.TextChoices):
    OPEN = "open", _("proposed")
    DONE = "done", _("carried out")
    WITHDRAWN = "withdrawn", _("withdrawn")


# What takes a right away is done at once by one administrator; what gives one takes two.
TAKES_AWAY = (ChangeKind.END_ROLE, ChangeKind.LEAVE)


class OfficerChange(models.Model):
    """What administrators decide about one officer's account: proposed by one, confirmed by another.

    A new account has `username` and `full_name` (and, once made, `user`), and with them its first role.
    """

    kind = models.CharField(max_length=8, choices=ChangeKind)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("officer"))
    username = models.CharField(_("sign-in name"), max_length=150, blank=True)
    full_name = NfcCharField(_("full name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=RoleName, blank=True)
    unit = models.ForeignKey(
        "areas.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("unit")
    )
    valid_from = models.DateField(_("from"), null=True)
    valid_to = models.DateField(_("until"), null=True)
    reason = NfcCharField(_("reason"), max_length=200)
    state = models.CharField(max_length=9, choices=ChangeState, default=ChangeState.OPEN)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("change of an officer's account")
        verbose_name_plural = _("changes of officers' accounts")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ChangeState.DONE)
                | Q(decided_by__isnull=False, decided_at__isnull=False)
                & (Q(kind__in=TAKES_AWAY) | ~Q(decided_by=F("proposed_by"))),
                name="two_people_give_a_right",
            ),
            models.CheckConstraint(
                condition=Q(kind=ChangeKind.CREATE) | Q(user__isnull=False), name="a_change_is_about_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.user or self.username}"
