"""Registered people who are alike or share an account: side by side, decided by a person, the decision kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Action
from accounts.http import OfficerRequest, page_context, place_of, require
from beneficiaries import duplicates
from beneficiaries.models import LikePair, Verdict
from beneficiaries.operations.duplicates import decide_pair
from beneficiaries.operations.errors import DecisionRefused
from common.keyset import keyset_page
from desk import tasks

PAIRS_A_PAGE = 20


@require_GET
def alike(request: OfficerRequest) -> HttpResponse:
    """The pairs of the officer's area that nobody has decided about, or those decided."""
    _require_officer(request)
    today, decided = timezone.localdate(), request.GET.get("view") == "decided"
    pairs = duplicates.pairs_of(reader=request.reader, on=today, decided=decided)
    page = keyset_page(pairs, key="pk", place=place_of(request.GET), size=PAIRS_A_PAGE)
    ids = {one for pair in page.rows for one in (pair.first_id, pair.second_id)}
    known = duplicates.registered(ids=sorted(ids), reader=request.reader, on=today)
    rows = [{"pair": pair, "two": [known[pair.first_id], known[pair.second_id]]} for pair in page.rows]
    return render(request, "desk/alike.html", {
        "page": page_context(page, rows, request.GET),
        "decided": decided,
        "verdicts": Verdict.choices,
        "may_stop": request.reader.may(Action.REQUEST_CHANGE),
        "may_look": request.reader.may(Action.MAKE_LISTS),
    })  # fmt: skip


@require_POST
def alike_look(request: OfficerRequest) -> HttpResponse:
    """Have a worker look through everybody afresh."""
    _require_officer(request)
    require(request, Action.MAKE_LISTS)
    if tasks.ring_for_alike():
        messages.success(request, _("Everybody is being looked through; load this page again in a minute."))
    else:
        messages.error(request, _("The server does not answer; try again in a few minutes."))
    return redirect("alike")


@require_POST
def alike_decide(request: OfficerRequest, pair_id: int) -> HttpResponse:
    """Keep what the officer decided about one pair, and why."""
    _require_officer(request)
    today: dict[str, Any] = {"reader": request.reader, "on": timezone.localdate()}
    seen = duplicates.pairs_of(**today, decided=False) | duplicates.pairs_of(**today, decided=True)
    verdict = request.POST.get("verdict", "")
    if verdict not in Verdict.values or not seen.filter(pk=pair_id).exists():
        raise Http404
    try:
        decide_pair(
            pair_id=pair_id, verdict=Verdict(verdict), reason=request.POST.get("reason", ""), by=request.user,
            at=timezone.now(),
        )  # fmt: skip
    except LikePair.DoesNotExist as error:
        raise Http404 from error
    except DecisionRefused as error:
        messages.error(request, str(error))
        return redirect("alike")
    if verdict == Verdict.SAME:
        messages.success(
            request, _("Kept: one person. Ask now for the stop of what the second record receives.")
        )
        return redirect(f"{reverse('alike')}?view=decided")
    messages.success(request, _("Kept: two people. They are not asked about again."))
    return redirect("alike")


def _require_officer(request: OfficerRequest) -> None:
    reader = request.reader
    if not (reader.may(Action.REQUEST_CHANGE) or reader.may(Action.DECIDE_CHANGE)):
        raise PermissionDenied
