"""What views ask of a request: who is there, and whether the officer may do this here."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict

from accounts.access import Action, Reader
from accounts.models import User
from common.keyset import KeysetPage, Place


class OfficerRequest(HttpRequest):
    """A signed-in officer's request, as the middleware leaves it."""

    user: User
    reader: Reader


def require(request: OfficerRequest, action: Action, unit_id: int | None = None) -> None:
    """Raises PermissionDenied (the 403 page) unless the officer may do `action` in the unit, or anywhere."""
    if not request.reader.may(action, unit_id):
        raise PermissionDenied


def place_of(query: QueryDict) -> Place:
    """Where the page that an address asks for begins."""
    return Place(after=query.get("after", ""), before=query.get("before", ""))


def page_context(
    page: KeysetPage, rows: list[Any], query: QueryDict, *, total: int | None = None
) -> dict[str, Any]:
    """What partials/pages.html takes: `rows` as shown, and the links to the pages beside with this one's filters."""
    return {
        "rows": rows,
        "total": total,
        "next": _link(query, "after", page.after),
        "previous": _link(query, "before", page.before),
    }


def _link(query: QueryDict, name: str, value: int | None) -> str:
    if value is None:
        return ""
    link = query.copy()
    link.pop("after", None)
    link.pop("before", None)
    link[name] = str(value)
    return f"?{link.urlencode()}"
