"""What views ask of a request: who is there, and whether the officer may do this here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from accounts.access import PROVED, Action, Reader
from accounts.models import User
from accounts.operations import second_factor
from accounts.operations.second_factor import CodeRefused
from common.keyset import KeysetPage, Place


class OfficerRequest(HttpRequest):
    """A signed-in officer's request, as the middleware leaves it."""

    user: User
    reader: Reader


def require(
    request: OfficerRequest, action: Action, unit_id: int | None = None, *, code: bool = True
) -> None:
    """Raises PermissionDenied (the 403 page) unless the officer may do `action` in the unit, or anywhere.

    A form sent for one of `access.PROVED` also asks for the authenticator's code (`step_up`), so it is to be called
    outside a transaction; `code=False` is for the one step among them that can be taken back or changes nothing."""
    if not request.reader.may(action, unit_id):
        raise PermissionDenied
    if code and action in PROVED and request.method == "POST":
        step_up(request)


CODE_FIELD = "second_factor_code"
AGAIN_FIELD = "second_factor_then_again"
_CONFIRMED_AT = "confirmed_at"


class StepUpNeeded(Exception):
    """The officer has to prove with the authenticator's code that it is she; `refusal` says what was wrong with one.

    accounts.middleware answers with the page that asks for the code and sends the same form again with it."""

    def __init__(self, refusal: str = "") -> None:
        super().__init__(refusal)
        self.refusal = refusal


class AskAgain(Exception):
    """The officer is proved, but what was asked for could not be carried along (a file, a page): it is asked anew."""


def step_up(request: OfficerRequest) -> None:
    """Go on only if the officer proved herself within the last STEP_UP_SECONDS in this session, or does so with this
    form. To be called outside a transaction. Raises StepUpNeeded, or AskAgain."""
    now = timezone.now()
    if confirmed(request, now=now):
        return
    code = request.POST.get(CODE_FIELD, "")
    if not code:
        raise StepUpNeeded
    try:
        second_factor.verify(user=request.user, code=code, at=now)
    except CodeRefused as error:
        raise StepUpNeeded(str(error)) from error
    mark_confirmed(request, now=now)
    if AGAIN_FIELD in request.POST:
        raise AskAgain


def confirmed(request: OfficerRequest, *, now: datetime) -> bool:
    """Whether this session was proved by a code a short while ago."""
    marked = request.session.get(_CONFIRMED_AT)
    age = timedelta(seconds=now.timestamp() - marked) if marked is not None else None
    return age is not None and timedelta() <= age < timedelta(seconds=settings.STEP_UP_SECONDS)


def mark_confirmed(request: OfficerRequest, *, now: datetime) -> None:
    request.session[_CONFIRMED_AT] = now.timestamp()


def with_camera(response: HttpResponse) -> HttpResponse:
    """An answer whose page may use the device's camera, to read a code: the one sensor that any page may use."""
    response["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=(), payment=()"
    return response


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
