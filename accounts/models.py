"""Officers, and what each may do where and when."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """An officer, a clerk or a viewer. What one may see and do comes from dated roles, never from this row."""

    full_name = models.CharField(_("full name"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("officer")
        verbose_name_plural = _("officers")

    def __str__(self) -> str:
        return self.full_name or self.username


class RoleName(models.TextChoices):
    COMMUNE_OFFICER = "commune_officer", _("Commune civil servant")
    PREPARER = "preparer", _("District officer")
    APPROVER = "approver", _("Approver")
    ACCOUNTANT = "accountant", _("Accountant")
    POST_CLERK = "post_clerk", _("Post clerk")
    VIEWER = "viewer", _("Provincial viewer")
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
