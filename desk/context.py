"""What every page shows beside its own content: the navigation of this officer, and who is signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.access import Action, Reader
from accounts.models import Role, RoleName, User


def site(request: HttpRequest) -> dict[str, Any]:
    """`nav` and `officer` as templates/base.html takes them, for a signed-in officer; `DEMO` always."""
    shown: dict[str, Any] = {"DEMO": settings.DEMO}
    user = getattr(request, "user", None)
    reader = getattr(request, "reader", None)
    if reader is None or not isinstance(user, User) or not user.is_authenticated:
        return shown
    return shown | {"nav": _nav(request.path, reader), "officer": _officer(user)}


def _nav(path: str, reader: Reader) -> list[dict[str, Any]]:
    only_figures = reader.may(Action.SEE_COVERAGE) and not reader.may(Action.SEE_PAYMENTS)
    entries = [
        *([] if only_figures else [(None, "home", _("To do"))]),
        (Action.SEE_PAYMENTS, "cycles", _("Payment cycles")),
        (Action.SEE_PAYMENTS, "batches", _("Batches")),
        (Action.SEE_PAYMENTS, "post_month", _("The Post")),
        (Action.PAY_CASH, "post_month", _("The Post")),
        (Action.SEE_PEOPLE, "people", _("Beneficiaries")),
        (Action.SEE_PAYMENTS, "overpaid", _("Paid too much")),
        (Action.SEE_COVERAGE, "dashboard", pgettext("navigation", "Coverage")),
        (Action.SEE_LAW, "law", _("Rates")),
        (Action.ADMINISTER, "banks", _("Banks")),
        (Action.ADMINISTER, "reorganisations", _("Reorganisation")),
    ]
    links = dict.fromkeys(
        (reverse(name), label) for action, name, label in entries if action is None or reader.may(action)
    )
    return [
        {"url": url, "label": label, "current": path == url or (url != "/" and path.startswith(url))}
        for url, label in links
    ]


def _officer(user: User) -> dict[str, str]:
    roles = list(
        Role.objects.on(timezone.localdate()).filter(user=user).select_related("unit").order_by("pk")
    )
    role = ", ".join(dict.fromkeys(str(RoleName(role.name).label) for role in roles))
    area = ", ".join(dict.fromkeys(role.unit.name for role in roles))
    if str(user).endswith(
        f", {area}"
    ):  # an account named after its post, in whatever language: once is enough
        return {"name": role, "role": area, "area": ""}
    return {"name": str(user), "role": role, "area": area}
