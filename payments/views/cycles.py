"""Pages of cycles: the list, making a round, its progress, one cycle, closing it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Action
from accounts.http import OfficerRequest, require
from common.months import add_months, format_month, month_of, parse_month, read_month, show_month
from payments import dispatch, words
from payments.forms import RoundForm
from payments.models import Cycle, CycleState
from payments.operations import closing, generation
from payments.operations.errors import PaymentsError, RateMissing, SliceStopped
from payments.queries import overview
from payments.transitions import BatchState
from payments.views import cycle_page
from payments.views.stops import stops_of


@require_GET
def cycle_list(request: OfficerRequest) -> HttpResponse:
    """All cycles with their totals, newest first."""
    require(request, Action.SEE_PAYMENTS)
    rows = [
        row
        | {
            "state_label": CycleState(row["state"]).label,
            "rate": row["covered"] / row["people"] if row["people"] else None,
            "rounds": row["round_count"],
        }
        for row in overview.cycles(reader=request.reader)
    ]
    context = {"cycles": rows, "make_url": reverse("round_open")}
    return render(
        request, "payments/cycle_list.html", context | {"may_make": request.reader.may(Action.MAKE_LISTS)}
    )


@require_http_methods(["GET", "POST"])
def round_open(request: OfficerRequest) -> HttpResponse:
    """Confirm and make a month's list: its regular round, or a supplementary one where it has been made."""
    require(request, Action.MAKE_LISTS)
    law_url = ""
    if request.method == "POST":
        form = RoundForm(request.POST)
        if form.is_valid():
            month = form.cleaned_data["month"]
            try:
                # A supplementary round keeps the span that the cycle has.
                known = Cycle.objects.filter(pk=month).first()
                last = known.last_month if known else form.last_month
                made = generation.open_round(
                    cycle=generation.open_cycle(month=month, last_month=last),
                    routed_on=max(month, timezone.localdate()) if known else month,
                    at=timezone.now(),
                    by=request.user,
                )
            except PaymentsError as error:
                form.add_error(None, str(error))
                if isinstance(error, RateMissing):
                    law_url = f"{reverse('law')}?month={format_month(month)}"
            else:
                if not dispatch.ring(round_id=made.pk):
                    messages.warning(
                        request,
                        _(
                            "The server that makes lists does not answer; the list is made as soon as it is back."
                        ),
                    )
                return redirect("cycle", month=month)
    else:
        form = RoundForm(initial={"month": _written(request.GET.get("month", ""))})
    return render(
        request,
        "payments/round_open.html",
        {"form": form, "consequence": _consequence(form), "law_url": law_url},
    )


@require_GET
def cycle(request: OfficerRequest, month: date) -> HttpResponse:
    """One cycle: what it holds, how far it is, what is left to do."""
    require(request, Action.SEE_PAYMENTS)
    found = _find(month)
    rounds = overview.round_progress(month=month)
    sums = overview.cycle_sums(month=month, reader=request.reader)
    running = next((made for made in rounds if made.running), None)
    batches = {state: sum(row["batches"] for row in sums if row["state"] == state) for state in BatchState}
    context = {
        "cycle": {
            "month": found.month,
            "last_month": found.last_month,
            "reckoned_on": found.reckoned_on,
            "state": found.state,
            "state_label": found.get_state_display(),
        },
        "steps": cycle_page.steps(found, rounds, batches),
        "progress": cycle_page.progress(running) if running else None,
        "stops": stops_of(request, running),
        "totals": cycle_page.totals(sums) if sums and not running else None,
        "todo": [
            {
                "label": label,
                "count": batches[BatchState(state)],
                "url": f"{reverse('batches')}?month={format_month(month)}&state={state}",
            }
            for state, label in words.TURNS.items()
            if batches[BatchState(state)] and not running
        ],
        "outcomes": cycle_page.outcomes(month, request)
        if any(batches[state] for state in _WITH_OUTCOMES)
        else [],
        "rounds": [cycle_page.round_row(made) for made in rounds],
        "units": cycle_page.units(sums, month) if not running else [],
        "events": cycle_page.events(found, rounds),
    }
    return render(
        request, "payments/cycle_detail.html", context | cycle_page.actions(request, found, running, batches)
    )


@require_GET
def cycle_progress(request: OfficerRequest, month: date) -> HttpResponse:
    """The part of the cycle's page that asks again until its round is made, or somebody stops it or no longer does;
    then the whole page is loaded anew."""
    require(request, Action.SEE_PAYMENTS)
    _find(month)
    running = next((made for made in overview.round_progress(month=month) if made.running), None)
    if running is None or request.GET.get("stopped", "0") != str(running.stopped):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "partials/progress.html", {"progress": cycle_page.progress(running)})


@require_POST
def cycle_act(request: OfficerRequest, month: date) -> HttpResponse:
    """Carry out one button of the cycle's page; a refusal of the engine becomes a message."""
    found = _find(month)
    action = request.POST.get("action", "")
    try:
        if action == "next_slice":
            require(request, Action.MAKE_LISTS)
            _make_next_slice(found)
        elif action in ("prepare_close", "close"):
            if not overview.may_close(month=month, reader=request.reader):
                raise PermissionDenied
            require(request, Action.CLOSE, code=action == "close")
            if action == "close":
                closing.close(month=month, by=request.user, at=timezone.now())
                messages.success(request, _("The cycle is closed. Its figures can no longer change."))
            else:
                closing.prepare_close(month=month, by=request.user)
                messages.success(request, _("Ready to be closed. A second officer closes the cycle."))
        else:
            raise Http404
    except PaymentsError as error:
        messages.error(request, str(error))
    return redirect("cycle", month=month)


_WITH_OUTCOMES = (BatchState.ACKNOWLEDGED, BatchState.SETTLED, BatchState.CLOSED)


def _find(month: date) -> Cycle:
    found = Cycle.objects.filter(pk=month).first()
    if found is None:
        raise Http404
    return found


def _month_to_make() -> date:
    last = overview.last_paid_month()
    return add_months(last, 1) if last else month_of(timezone.localdate())


def _written(asked: str) -> str:
    """The month asked for, or the one to make next, as a person writes it: 01/2025."""
    try:
        return show_month(parse_month(asked))
    except ValueError:
        return show_month(_month_to_make())


def _consequence(form: RoundForm) -> dict[str, Any]:
    """What making this list would mean, in facts: the month asked, whether it is a supplementary round, its law."""
    try:
        month = read_month(str(form["month"].value() or ""))
    except ValueError:
        return {}
    known = Cycle.objects.filter(pk=month).first()
    return {
        "month": month,
        "supplementary": bool(known and known.rounds.exists()),
        "closed": bool(known and known.state == CycleState.CLOSED),
        "reckoned_on": known.reckoned_on if known else generation.list_date(month),
        "waiting": generation.has_ready_reckons(cycle=known) if known else True,
    }


def _make_next_slice(found: Cycle) -> None:
    made = overview.round_in_progress()
    if made is None or made.cycle_id != found.month:
        return
    try:
        generation.generate_next_slice(round_id=made.pk, at=timezone.now)
    except SliceStopped as stopped:  # its own words name categories, which not everyone may see
        raise PaymentsError(
            _("This part cannot be made yet: see whose records stop it, and why.")
        ) from stopped
    if not generation.finish_round(round_id=made.pk, at=timezone.now()):
        dispatch.ring(round_id=made.pk)
