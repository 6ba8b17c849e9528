"""What every page shows beside its own content: the navigation of this officer, and who is signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.access import Reader
from accounts.models import RoleName, User
from desk.navigation import here, menu


def site(request: HttpRequest) -> dict[str, Any]:
    """`nav`, `section` and `officer` as templates/base.html takes them, for a signed-in officer; `DEMO` always."""
    shown: dict[str, Any] = {"DEMO": settings.DEMO}
    user = getattr(request, "user", None)
    reader = getattr(request, "reader", None)
    if reader is None or not isinstance(user, User) or not user.is_authenticated:
        return shown
    nav = menu(request.path, reader)
    return shown | {"nav": nav, "section": here(nav), "officer": _officer(user, reader)}


def _officer(user: User, reader: Reader) -> dict[str, str]:
    own = [role for role in reader.held if role.user_id == user.pk]
    absent = ", ".join(dict.fromkeys(str(role.user) for role in reader.held if role.user_id != user.pk))
    role = ", ".join(dict.fromkeys(str(RoleName(role.name).label) for role in own))
    area = ", ".join(dict.fromkeys(role.unit.name for role in own))
    stands_in = _("standing in for %(name)s") % {"name": absent} if absent else ""
    # An account named after its post, in whatever language: once is enough.
    if str(user).endswith(f", {area}"):
        return {"name": role, "role": area, "area": stands_in}
    return {"name": str(user), "role": role, "area": f"{area} · {stands_in}" if stands_in else area}
