"""The pay desk on a clerk's phone: a page that works without a network, and what it talks to."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.http import OfficerRequest, with_camera
from postal.models import NotPaidReason
from postal.operations import marks as operations
from postal.operations.errors import PostalError
from postal.operations.marks import NewMark
from postal.queries.desk import desk_list
from postal.views.common import may_manage, may_pay, the_day

MOST_MARKS = 500
WORKER = Path(settings.BASE_DIR) / "static" / "ansinh" / "paydesk-worker.js"


@require_GET
def desk(request: OfficerRequest, day_id: int) -> HttpResponse:
    """The page itself: it holds no person, the list comes apart and stays encrypted on the device."""
    found = the_day(request, day_id)
    if not may_pay(request, found):
        raise PermissionDenied
    return with_camera(render(request, "postal/desk.html", {"day": found, "reasons": NotPaidReason.choices}))


@never_cache
@require_GET
def desk_data(request: OfficerRequest, day_id: int) -> JsonResponse:
    """The day's list with what is marked by now, and the token that the next sending needs."""
    found = the_day(request, day_id)
    if not may_pay(request, found):
        raise PermissionDenied
    return JsonResponse(desk_list(day=found) | {"csrf": get_token(request)})


@require_POST
def desk_marks(request: OfficerRequest, day_id: int) -> JsonResponse:
    """Take a device's marks; each is answered by its own number."""
    found = the_day(request, day_id)
    if not may_pay(request, found):
        raise PermissionDenied
    try:
        sent = json.loads(request.body)["marks"]
        marks = [_mark(row) for row in sent[:MOST_MARKS]]
    except (KeyError, TypeError, ValueError):
        return JsonResponse({"error": _("The marks could not be read.")}, status=400)
    answers = operations.receive_marks(day=found, marks=marks, by=request.user, at=timezone.now())
    return JsonResponse(
        {"answers": [{"id": str(answer.id), "state": answer.state, "why": answer.why} for answer in answers]}
    )


@require_POST
def seal(request: OfficerRequest, day_id: int) -> HttpResponse:
    """Seal a pay day: by its clerk or by whoever arranges the Post's payments."""
    found = the_day(request, day_id)
    if not (may_pay(request, found) or may_manage(request, found)):
        raise PermissionDenied
    try:
        count = operations.seal_day(day=found, by=request.user, at=timezone.now())
    except PostalError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Sealed: %(count)s payments are recorded as paid.") % {"count": count})
    return redirect("post_day", day_id=found.pk)


@login_not_required
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the desk's page on the device; its address decides that it sees the pay desk alone."""
    answer = HttpResponse(WORKER.read_text(encoding="utf-8"), content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


def _mark(row: dict[str, Any]) -> NewMark:
    marked_at = datetime.fromisoformat(str(row["marked_at"]))
    if marked_at.tzinfo is None:
        raise ValueError("a mark's moment has its zone")
    return NewMark(
        id=UUID(str(row["id"])), payment=int(row["payment"]), kind=str(row["kind"]), device=UUID(str(row["device"])),
        marked_at=marked_at, receipt=_text(row, "receipt"), payee=int(row["payee"]) if row.get("payee") else None,
        reason=_text(row, "reason"), note=_text(row, "note"),
    )  # fmt: skip


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name) or ""
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(name)
    return value
