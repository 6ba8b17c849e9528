"""Delegation for an absence: nobody lends a password, and the delegate acts under her own name."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.access import PERMISSIONS, Action
from accounts.models import Delegation, Role, RoleName, User
from accounts.operations.officers import end
from areas.models import Unit

LONGEST = timedelta(days=92)
# Administrators are two at all times, a clerk is named at her points, an auditor and a viewer decide nothing.
DELEGABLE = (RoleName.COMMUNE_OFFICER, RoleName.PREPARER, RoleName.APPROVER, RoleName.ACCOUNTANT)
_OUTSIDERS = (RoleName.POST_CLERK, RoleName.AUDITOR)
# What one person never does for the same unit, by whichever of her roles: prepare and approve, or approve and pay.
_APART = ((Action.SUBMIT, Action.APPROVE), (Action.APPROVE, Action.FUND), (Action.APPROVE, Action.RELEASE))


class DelegationRefused(Exception):
    """A delegation that cannot be made; the text says why."""


def candidates(*, role: Role, on: date) -> QuerySet[User]:
    """Officers who may stand in: active, with a role of their own in the unit, above it or below it. Not the Post's
    clerks, who are no officers, nor auditors, who decide nothing that they are to look into."""
    unit = role.unit
    near = set(Unit.objects.under(unit).values_list("pk", flat=True))
    above = unit.parent
    while above is not None:
        near.add(above.pk)
        above = above.parent
    held = Role.objects.on(on).filter(unit__in=near).exclude(user=role.user_id)
    outsiders = Role.objects.on(on).filter(name__in=_OUTSIDERS)
    found = User.objects.filter(is_active=True, pk__in=held.values("user"))
    return found.exclude(pk__in=outsiders.values("user")).order_by("full_name", "username")


def delegate(
    *,
    role: Role,
    to: User,
    valid_from: date,
    valid_to: date,
    reason: str,
    by: User,
    at: datetime,
    today: date,
) -> Delegation:
    """Let `to` do what one's own role allows, in its unit, on these days.

    Raises DelegationRefused for a role that is not one's own or not delegated, days that are past, outside the
    role's or more than 92, and a delegate outside the area or who would hold both halves of a step of two people.
    """
    with transaction.atomic():
        held = Role.objects.select_for_update(of=("self",)).select_related("unit").get(pk=role.pk)
        if held.user_id != by.pk or held.name not in DELEGABLE:
            raise DelegationRefused(_("Only a role of your own that others may stand in for is delegated."))
        if valid_from < today or valid_to < valid_from or valid_to - valid_from >= LONGEST:
            raise DelegationRefused(_("A delegation begins today or later and lasts 92 days at most."))
        if valid_from < held.valid_from or (held.valid_to is not None and valid_to > held.valid_to):
            raise DelegationRefused(_("Your role does not last all these days."))
        # Two who delegate to one officer at once: the second one sees what the first one gave.
        User.objects.select_for_update(no_key=True).get(pk=to.pk)
        if not candidates(role=held, on=today).filter(pk=to.pk).exists():
            raise DelegationRefused(_("This officer has no role in your area."))
        _refuse_both_halves(held, to, valid_from, valid_to)
        return Delegation.objects.create(
            role=held, to=to, valid_from=valid_from, valid_to=valid_to, reason=reason, made_at=at
        )


def end_delegation(*, delegation: Delegation, by: User, today: date) -> None:
    """End a delegation at once: whoever gave it, or holds it. Raises DelegationRefused for others."""
    if by.pk not in (delegation.role.user_id, delegation.to_id):
        raise DelegationRefused(_("Only who gave a delegation, or holds it, ends it."))
    end(Delegation.objects.filter(pk=delegation.pk), today=today)


def _refuse_both_halves(role: Role, to: User, first: date, last: date) -> None:
    while_away = Q(valid_from__lte=last) & (Q(valid_to__isnull=True) | Q(valid_to__gte=first))
    held = [(one.name, one.unit) for one in Role.objects.filter(while_away, user=to).select_related("unit")]
    held += [
        (one.role.name, one.role.unit)
        for one in Delegation.objects.filter(while_away, to=to).select_related("role__unit")
    ]
    units = set(Unit.objects.under(role.unit).values_list("pk", flat=True))
    for name, unit in held:
        shared = units & set(Unit.objects.under(unit).values_list("pk", flat=True))
        together = PERMISSIONS[role.name] | PERMISSIONS[name]
        if shared and any({half, other} <= together for half, other in _APART):
            raise DelegationRefused(
                _("%(name)s has the other half of this work here: two people do it, never one.")
                % {"name": to}
            )
