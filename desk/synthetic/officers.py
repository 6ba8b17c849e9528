"""Officers for a demonstration: one of each role, two where a step takes two people.

Each paying unit has one who prepares and one who approves; two administrators of the province close its cycles.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, RoleName, SecondFactor, User
from accounts.totp import new_secret
from areas.models import Level, Unit

# The communes that get an officer of their own: a ward, a town, a fishing island, a mountain commune.
COMMUNES = ("22918", "23059", "23272", "23113")


class NotADemonstration(Exception):
    """Made-up officers with a known password are only for a demonstration."""


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    """Who may sign in; `password` is the same for all, and new each time."""

    username: str
    password: str
    full_name: str
    role: str
    unit: Unit


@transaction.atomic
def create_demo_officers(*, on: date, password: str | None = None) -> list[DemoOfficer]:
    """Officers of the province as it is on `on`, their roles from the start of the year before, without an end.

    Run again it sets a new password and adds nobody. Each has an authenticator that exists on no telephone: while
    settings.DEMO the site shows its code where it asks for it. `password` is for tests; otherwise it is drawn. Raises
    NotADemonstration unless settings.DEMO, and Unit.DoesNotExist where the areas are not loaded.
    """
    if not settings.DEMO:
        raise NotADemonstration(_("Demonstration officers are made only where ANSINH_DEMO is set."))
    password = password or secrets.token_urlsafe(9)
    stored = make_password(password)  # once: hashing is slow on purpose
    since = date(on.year - 1, 1, 1)
    officers, enrolled = [], []
    named: set[str] = set()
    for username, role, unit in _wanted(on):
        full_name = f"{RoleName(role).label}, {unit.name}"
        if full_name in named:  # whoever reads "prepared by" has to tell the two apart
            full_name = f"{RoleName(role).label} 2, {unit.name}"
        named.add(full_name)
        user, _created = User.objects.update_or_create(
            username=username, defaults={"full_name": full_name, "password": stored, "is_active": True}
        )
        Role.objects.get_or_create(user=user, name=role, unit=unit, valid_from=since)
        enrolled.append(SecondFactor(user=user, secret=new_secret(), since=timezone.now()))
        officers.append(DemoOfficer(username, password, full_name, role, unit))
    SecondFactor.objects.bulk_create(enrolled, ignore_conflicts=True)
    return officers


def _wanted(on: date) -> list[tuple[str, str, Unit]]:
    units = Unit.objects.on(on)
    province = units.get(level=Level.PROVINCE, code=settings.PROVINCE_CODE)
    wanted: list[tuple[str, str, Unit]] = [
        ("tinh", RoleName.VIEWER, province),
        ("quantri", RoleName.ADMINISTRATOR, province),
        ("quantri2", RoleName.ADMINISTRATOR, province),
        ("kiemtoan", RoleName.AUDITOR, province),
        ("ketoan", RoleName.ACCOUNTANT, province),
        ("buudien", RoleName.POST_CLERK, province),
    ]
    for unit in units.paying().under(province).order_by("code"):
        prepares = "huyen" if unit.level == Level.DISTRICT else "lap"
        wanted.append((f"{prepares}{unit.code}", RoleName.PREPARER, unit))
        wanted.append((f"duyet{unit.code}", RoleName.APPROVER, unit))
    for commune in units.communes().under(province).filter(code__in=COMMUNES).order_by("code"):
        wanted.append((f"xa{commune.code}", RoleName.COMMUNE_OFFICER, commune))
    return wanted
