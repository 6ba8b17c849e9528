"""Officers' accounts: what gives a right is proposed by one administrator and confirmed by another; what takes one
away is done at once."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import ChangeKind, ChangeState, Delegation, OfficerChange, Role, RoleName, User
from accounts.operations import second_factor
from areas.models import Unit
from common.text import nfc

FIRST_PASSWORD_LASTS = timedelta(days=3)


class ChangeRefused(Exception):
    """A change of an account that cannot be made; the text says why."""


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """What the second administrator hands to the officer, shown this once: `invitation` sets the authenticator up."""

    username: str
    password: str
    invitation: str
    until: datetime


def first_administrators(
    *, officers: Collection[tuple[str, str]], province: Unit, at: datetime, today: date
) -> list[FirstPassword]:
    """The first accounts of all, as (sign-in name, full name): two administrators of the province, made on the server.

    Raises ChangeRefused as soon as anybody administers the province: then two of them make every other account.
    """
    with transaction.atomic():
        known = Role.objects.on(today).filter(name=RoleName.ADMINISTRATOR, user__is_active=True)
        if known.exists() or len({name.lower() for name, _full in officers}) != 2:
            raise ChangeRefused(
                _("The first two administrators are made once; they make every other account.")
            )
        made = []
        for username, full_name in officers:
            user = User.objects.create_user(_usable(username), full_name=full_name.strip())
            Role.objects.create(user=user, name=RoleName.ADMINISTRATOR, unit=province, valid_from=today)
            made.append(_first_password(user, at))
        return made


def propose_account(
    *, username: str, full_name: str, role: str, unit: Unit, valid_from: date, valid_to: date | None,
    reason: str, by: User, at: datetime,
) -> OfficerChange:  # fmt: skip
    """Propose an account with its first role. Raises ChangeRefused where the name is taken or not usable."""
    username = _usable(username)
    _refuse_days(valid_from, valid_to)
    return OfficerChange.objects.create(
        kind=ChangeKind.CREATE, username=username, full_name=full_name.strip(), role=role, unit=unit,
        valid_from=valid_from, valid_to=valid_to, reason=reason, proposed_by=by, proposed_at=at,
    )  # fmt: skip


def propose_role(
    *, user: User, role: str, unit: Unit, valid_from: date, valid_to: date | None, reason: str, by: User,
    at: datetime,
) -> OfficerChange:  # fmt: skip
    """Propose one more role. Raises ChangeRefused for one's own account, a closed one, or days that do not fit."""
    _refuse_own(user, by)
    _refuse_closed(user)
    _refuse_days(valid_from, valid_to)
    return OfficerChange.objects.create(
        kind=ChangeKind.ROLE, user=user, role=role, unit=unit, valid_from=valid_from, valid_to=valid_to,
        reason=reason, proposed_by=by, proposed_at=at,
    )  # fmt: skip


def propose_reset(*, user: User, reason: str, by: User, at: datetime) -> OfficerChange:
    """Propose a new first password, and that the authenticator is enrolled anew: both were lost, or only one.

    Raises ChangeRefused for one's own account, a closed one, or without a reason.
    """
    _refuse_own(user, by)
    _refuse_closed(user)
    _refuse_without(reason)
    return OfficerChange.objects.create(
        kind=ChangeKind.RESET, user=user, reason=reason, proposed_by=by, proposed_at=at
    )


def confirm(*, change_id: int, by: User, at: datetime, units: Collection[int]) -> FirstPassword | None:
    """Carry out, as the second administrator, what another proposed; `units` are those the administrator has.

    Returns the first password where there is a new one. Raises ChangeRefused: decided already, one's own proposal
    or account, outside one's units, or no longer possible.
    """
    with transaction.atomic():
        change = _open_change(change_id)
        if change.proposed_by_id == by.pk:
            raise ChangeRefused(_("Another administrator than the one who proposed it has to confirm it."))
        if change.unit_id is not None and change.unit_id not in units:
            raise ChangeRefused(_("This unit is outside your area."))
        given = _carry_out(change, by, at)
        change.state, change.decided_by, change.decided_at = ChangeState.DONE, by, at
        change.save()
        return given


def withdraw(*, change_id: int, by: User, at: datetime) -> None:
    """End a proposal that nobody confirmed. Raises ChangeRefused where it is decided already."""
    with transaction.atomic():
        change = _open_change(change_id)
        change.state, change.decided_by, change.decided_at = ChangeState.WITHDRAWN, by, at
        change.save()


def end_role(*, role: Role, reason: str, by: User, at: datetime, today: date) -> None:
    """End a role, and what was delegated of it, at once: yesterday was its last day. Raises ChangeRefused without a
    reason."""
    with transaction.atomic():
        _record(ChangeKind.END_ROLE, role.user, reason, by, at, role=role.name, unit=role.unit)
        end(Delegation.objects.filter(role=role), today=today)
        end(Role.objects.filter(pk=role.pk), today=today)


def close_account(*, user: User, reason: str, by: User, at: datetime, today: date) -> None:
    """Close a leaver's account at once: every session ends with its next request, no password or code opens it
    again, and what it was delegated or had delegated ends. Raises ChangeRefused for one's own, and without a reason."""
    _refuse_own(user, by)
    with transaction.atomic():
        found = User.objects.select_for_update().get(pk=user.pk)
        _refuse_closed(found)
        found.is_active = False
        found.set_unusable_password()  # changes what sessions are bound to, also should the account be opened again
        found.save(update_fields=["is_active", "password"])
        second_factor.forget(user=found)
        end(Delegation.objects.filter(Q(role__user=found) | Q(to=found)), today=today)
        end(Role.objects.filter(user=found), today=today)
        OfficerChange.objects.filter(user=found, state=ChangeState.OPEN).update(
            state=ChangeState.WITHDRAWN, decided_by=by, decided_at=at
        )
        _record(ChangeKind.LEAVE, found, reason, by, at)


def end(found: QuerySet[Role] | QuerySet[Delegation], *, today: date) -> None:
    """Let the rights in `found` end with yesterday; of those that began today or later nothing is left but the
    record of who gave and took them."""
    open_ones = found.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    open_ones.filter(valid_from__gte=today).delete()
    open_ones.update(valid_to=today - timedelta(days=1))


def _carry_out(change: OfficerChange, by: User, at: datetime) -> FirstPassword | None:
    if change.kind == ChangeKind.CREATE:
        try:
            with transaction.atomic():
                change.user = User.objects.create_user(change.username, full_name=change.full_name)
        except IntegrityError as error:
            raise ChangeRefused(
                _("The sign-in name %(name)s is taken.") % {"name": change.username}
            ) from error
    user = change.user
    assert user is not None
    _refuse_own(user, by)
    _refuse_closed(user)
    if change.role:
        assert change.unit is not None
        assert change.valid_from is not None
        _given, new = Role.objects.get_or_create(
            user=user, name=change.role, unit=change.unit, valid_from=change.valid_from,
            defaults={"valid_to": change.valid_to},
        )  # fmt: skip
        if not new:
            raise ChangeRefused(_("%(name)s was given this role from that day already.") % {"name": user})
    if change.kind == ChangeKind.ROLE:
        return None
    second_factor.forget(user=user)
    return _first_password(user, at)


def _first_password(user: User, at: datetime) -> FirstPassword:
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.first_password_until = at + FIRST_PASSWORD_LASTS
    user.save(update_fields=["password", "first_password_until"])
    return FirstPassword(user.username, password, second_factor.invite(user=user), user.first_password_until)


def _usable(username: str) -> str:
    """The sign-in name as it is stored; raises ChangeRefused where it is taken or holds what it may not."""
    username = nfc(username).strip()
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as error:
        raise ChangeRefused(
            _("A sign-in name has letters, digits and . - _ only, no spaces: %(name)s") % {"name": username}
        ) from error
    if User.objects.filter(username__iexact=username).exists():
        raise ChangeRefused(_("The sign-in name %(name)s is taken.") % {"name": username})
    return username


def _open_change(change_id: int) -> OfficerChange:
    change = OfficerChange.objects.select_for_update(of=("self",)).get(pk=change_id)
    if change.state != ChangeState.OPEN:
        raise ChangeRefused(_("This is decided already."))
    return change


def _record(
    kind: ChangeKind, user: User, reason: str, by: User, at: datetime, *, role: str = "",
    unit: Unit | None = None,
) -> None:  # fmt: skip
    _refuse_without(reason)
    OfficerChange.objects.create(
        kind=kind, user=user, role=role, unit=unit, reason=reason, state=ChangeState.DONE,
        proposed_by=by, proposed_at=at, decided_by=by, decided_at=at,
    )  # fmt: skip


def _refuse_without(reason: str) -> None:
    if not reason:
        raise ChangeRefused(_("Enter the reason."))


def _refuse_own(user: User, by: User) -> None:
    if user.pk == by.pk:
        raise ChangeRefused(_("Another administrator changes your own account."))


def _refuse_closed(user: User) -> None:
    if not user.is_active:
        raise ChangeRefused(_("The account of %(name)s is closed.") % {"name": user})


def _refuse_days(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to < valid_from:
        raise ChangeRefused(_("A role ends on or after the day on which it begins."))
