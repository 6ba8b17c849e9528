"""Who may do what where: one table of roles and actions, read through a `Reader` that every query takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.db.models import Q

from accounts.models import Delegation, Role, RoleName, User
from areas.models import Unit


class Action(StrEnum):
    SEE_COVERAGE = "see_coverage"
    SEE_PEOPLE = "see_people"
    SEE_SENSITIVE = "see_sensitive"
    SEE_PAYMENTS = "see_payments"
    MAKE_LISTS = "make_lists"
    SUBMIT = "submit"
    APPROVE = "approve"
    FUND = "fund"
    RELEASE = "release"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    RAISE_DIFFICULTY = "raise_difficulty"
    SEE_LAW = "see_law"
    CHANGE_LAW = "change_law"
    ADMINISTER = "administer"
    MANAGE_POST = "manage_post"
    PAY_CASH = "pay_cash"
    ANSWER_POST = "answer_post"
    REQUEST_CHANGE = "request_change"
    DECIDE_CHANGE = "decide_change"
    SEE_AUDIT = "see_audit"
    UNMASK = "unmask"


A, R = Action, RoleName
LOOKS = frozenset({A.SEE_COVERAGE, A.SEE_PEOPLE, A.SEE_SENSITIVE, A.SEE_PAYMENTS, A.SEE_LAW, A.SEE_AUDIT})
_READ = frozenset({A.SEE_COVERAGE, A.SEE_PEOPLE, A.SEE_PAYMENTS})
# The one table of permissions. After July 2025 a commune's civil servant is its preparer, its chair the approver.
# Deciding officers alone see which social protection a person with HIV receives.
PERMISSIONS: dict[str, frozenset[Action]] = {
    R.COMMUNE_OFFICER: _READ | {A.RAISE_DIFFICULTY, A.ANSWER_POST, A.REQUEST_CHANGE, A.UNMASK},
    R.PREPARER: _READ
    | {A.RAISE_DIFFICULTY, A.SEE_SENSITIVE, A.MAKE_LISTS, A.SUBMIT, A.CLOSE, A.SEE_LAW}
    | {A.MANAGE_POST, A.ANSWER_POST, A.REQUEST_CHANGE, A.UNMASK},
    R.APPROVER: _READ
    | {A.RAISE_DIFFICULTY, A.SEE_SENSITIVE, A.APPROVE, A.WITHDRAW, A.CLOSE, A.SEE_LAW}
    | {A.DECIDE_CHANGE, A.UNMASK},
    R.ACCOUNTANT: _READ | {A.FUND, A.RELEASE},
    R.POST_CLERK: frozenset({A.PAY_CASH}),
    R.VIEWER: frozenset({A.SEE_COVERAGE}),
    R.ADMINISTRATOR: _READ
    | {A.MAKE_LISTS, A.CLOSE, A.SEE_LAW, A.CHANGE_LAW, A.ADMINISTER, A.MANAGE_POST, A.SEE_AUDIT},
    R.AUDITOR: _READ | {A.SEE_LAW, A.SEE_AUDIT},
}


# What cannot be taken back, or gives others the right to it: its officer proves with a code that it is she (ADR 011).
PROVED = frozenset(
    {A.APPROVE, A.RELEASE, A.WITHDRAW, A.CLOSE, A.CHANGE_LAW, A.DECIDE_CHANGE, A.ADMINISTER, A.UNMASK}
)


@dataclass(frozen=True, slots=True)
class Reader:
    """What one officer may do on one day: for each role held, the ids of its unit, of all units under it, and of the
    earlier units that these took over at a reorganisation: whose unfinished business and history they have."""

    user_id: int | None
    grants: tuple[tuple[str, frozenset[int]], ...] = field(default=())
    # The rows behind the grants, for the page to say who acts; empty for a reader without an officer.
    held: tuple[Role, ...] = field(default=(), compare=False, repr=False)

    def units(self, action: Action) -> frozenset[int]:
        """Ids of the units in which the reader may do `action`; empty where nowhere."""
        allowed = [units for role, units in self.grants if action in PERMISSIONS[role]]
        return frozenset().union(*allowed)

    def may(self, action: Action, unit_id: int | None = None) -> bool:
        """Whether the reader may do `action` in the unit, or anywhere when none is given."""
        units = self.units(action)
        return bool(units) if unit_id is None else unit_id in units

    @property
    def only_looks(self) -> bool:
        """Whether the reader has something to look at and nothing to do, as an auditor."""
        return bool(self.grants) and all(PERMISSIONS[role] <= LOOKS for role, _units in self.grants)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for role, _units in self.grants)


def reader_for(user: User, *, on: date) -> Reader:
    """The reader behind a signed-in officer, by the roles of her own and those delegated to her that are valid on
    that day; nobody's reader may do nothing."""
    if not user.is_authenticated or not user.is_active:
        return Reader(user_id=None)
    grants, held = [], _roles_of(user, on=on)
    for role in held:
        units = frozenset(Unit.objects.under_or_before(role.unit).values_list("pk", flat=True))
        grants.append((role.name, units))
    return Reader(user_id=user.pk, grants=tuple(grants), held=tuple(held))


def _roles_of(user: User, *, on: date) -> list[Role]:
    """The roles an officer acts by on that day: her own, then those that absent officers delegated to her."""
    delegated = Delegation.objects.filter(to=user, valid_from__lte=on, valid_to__gte=on).values("role")
    found = Role.objects.on(on).filter(Q(user=user) | Q(pk__in=delegated, user__is_active=True))
    return sorted(found.select_related("unit", "user"), key=lambda role: (role.user_id != user.pk, role.pk))


def province_reader() -> Reader:
    """The reader of the province's own commands, run by whoever may log in to the server."""
    return Reader(
        user_id=None, grants=((RoleName.ADMINISTRATOR, frozenset(Unit.objects.values_list("pk", flat=True))),)
    )
