"""Difficulties and proposals: raised by a unit, answered, assigned and closed by those above it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Action
from accounts.http import OfficerRequest, require
from areas.models import Unit
from reports.forms import AnswerForm, DifficultyForm, today_first
from reports.models import Difficulty, DifficultyState
from reports.operations import DifficultyRefused, answer_difficulty, close_difficulty, raise_difficulty
from reports.queries.difficulties import kinds, visible_difficulties


@require_http_methods(["GET", "POST"])
def difficulties(request: OfficerRequest) -> HttpResponse:
    """What holds people back in the reader's area, most people first; a commune or district adds one."""
    require(request, Action.SEE_COVERAGE)
    own = request.reader.units(Action.RAISE_DIFFICULTY)
    units = today_first(Unit.objects.filter(pk__in=own), timezone.localdate())
    if own and not units:
        units = Unit.objects.filter(pk__in=own).order_by("-level", "name", "code")
    form = DifficultyForm(request.POST or None, units=units)
    if request.method == "POST":
        require(request, Action.RAISE_DIFFICULTY)
        if form.is_valid():
            raise_difficulty(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("Raised. The province sees it with the month's figures."))
            return redirect("difficulties")
    rows = visible_difficulties(reader=request.reader)
    still_open = list(rows.exclude(state=DifficultyState.CLOSED))
    context = {
        "open": still_open,
        "closed": rows.filter(state=DifficultyState.CLOSED).order_by("-closed_at")[:50],
        "kinds": kinds(still_open),
        "form": form if own else None,
    }
    return render(request, "reports/difficulties.html", context)


@require_http_methods(["GET", "POST"])
def difficulty(request: OfficerRequest, difficulty_id: int) -> HttpResponse:
    """One difficulty; an administrator of its area answers, assigns and closes it."""
    require(request, Action.SEE_COVERAGE)
    found: Difficulty | None = visible_difficulties(reader=request.reader).filter(pk=difficulty_id).first()
    if found is None:
        raise Http404
    may_answer = request.reader.may(Action.ADMINISTER, found.unit_id)
    may_close = may_answer or request.user.pk == found.raised_by_id
    form = AnswerForm(
        request.POST if request.POST.get("action") == "answer" else None,
        initial={"answer": found.answer, "assigned_to": found.assigned_to},
    )
    if request.method == "POST":
        try:
            if request.POST.get("action") == "close":
                if not may_close:
                    raise PermissionDenied
                close_difficulty(difficulty_id=found.pk, by=request.user, at=timezone.now())
                return redirect("difficulties")
            if not may_answer:
                raise PermissionDenied
            if form.is_valid():
                answer_difficulty(
                    difficulty_id=found.pk, **form.cleaned_data, by=request.user, at=timezone.now()
                )
                return redirect("difficulty", difficulty_id=found.pk)
        except DifficultyRefused as error:
            messages.error(request, str(error))
            return redirect("difficulties")
    still_open = found.state != DifficultyState.CLOSED
    context = {
        "found": found,
        "form": form if may_answer and still_open else None,
        "may_close": may_close and still_open,
    }
    return render(request, "reports/difficulty.html", context)
