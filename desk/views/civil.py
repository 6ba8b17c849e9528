"""Lists of deaths and of poor households: uploaded, looked at, kept; each match decided, and drafts begun on it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Action
from accounts.http import OfficerRequest, page_context, place_of, require
from beneficiaries.models import ChangeKind
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.roll.table import UnreadableFile
from common.keyset import KeysetPage
from common.months import read_month
from desk.models import CivilKind, CivilList, CivilMatch, MatchVerdict
from desk.operations import civil
from desk.queries import civil as queries

MINE, AT_ONCE = 20, 100


class ListForm(forms.Form):
    """The file; of a list of households also the month from which it counts."""

    file = forms.FileField(
        label=gettext_lazy("Excel or CSV file"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
    )
    month = forms.CharField(
        label=gettext_lazy("Counts from month"), help_text=gettext_lazy("such as 01/2027"), max_length=10
    )

    def __init__(self, *args: Any, kind: CivilKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == CivilKind.DEATHS:
            del self.fields["month"]

    def clean_month(self) -> date:
        try:
            return read_month(self.cleaned_data["month"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


@require_http_methods(["GET", "POST"])
def civil_lists(request: OfficerRequest, kind: str) -> HttpResponse:
    """What waits of the lists of a kind, the officer's own lists, and the form for another."""
    require(request, Action.SEE_PEOPLE)
    if kind not in CivilKind.values:
        raise Http404
    which = CivilKind(kind)
    form = ListForm(kind=which)
    if request.method == "POST":
        require(request, Action.REQUEST_CHANGE)
        form = ListForm(request.POST, request.FILES, kind=which)
        made = _take(request, which, form) if form.is_valid() else None
        if made is not None:
            return redirect("civil_list", made.pk)
    found = queries.open_matches(request.reader, which)
    page = queries.matches_page(found, place_of(request.GET))
    context = {
        "kind": which,
        "form": form if request.reader.may(Action.REQUEST_CHANGE) else None,
        "lists": CivilList.objects.filter(kind=which, by=request.user)
        .order_by("-pk")
        .defer("problems", "communes")[:MINE],
        "page": _page(request, page, found.count()),
        "open": True,
        "most": civil.MAX_BYTES >> 20,
    }
    return render(request, "desk/civil_lists.html", context, status=422 if form.errors else 200)


@require_GET
def civil_list(request: OfficerRequest, list_id: int) -> HttpResponse:
    """One list: what it comes to in the officer's communes, and to its own officer what was refused."""
    require(request, Action.SEE_PEOPLE)
    made = get_object_or_404(queries.visible_lists(request.reader).select_related("by"), pk=list_id)
    found = queries.visible_matches(request.reader).filter(list=made)
    page = queries.matches_page(found, place_of(request.GET))
    own = made.by_id == request.user.pk
    context = {
        "list": made,
        "own": own,
        "counts": queries.counts_of(found) if own else {},
        "communes": [one | {"most": one["unsure"] * 2 > one["held"]} for one in made.communes] if own else [],
        "problems": civil.problems_of(made) if own else [],
        "page": _page(request, page, found.count()),
        "kind": made.kind,
        "incomplete": made.kind == CivilKind.POVERTY and made.refused > 0,
    }
    return render(request, "desk/civil_list.html", context)


@require_POST
def civil_list_act(request: OfficerRequest, list_id: int) -> HttpResponse:
    """Take an own preview into the worklist, or give it up."""
    require(request, Action.REQUEST_CHANGE)
    made = get_object_or_404(CivilList, pk=list_id, by=request.user)
    action = request.POST.get("action")
    if action not in ("keep", "discard"):
        raise Http404
    try:
        if action == "discard":
            civil.discard_list(made=made)
            return redirect("civil_lists", made.kind)
        complete = _numbers(request.POST.getlist("complete"))
        civil.keep_list(made=made, complete=complete, at=timezone.now())
    except DecisionRefused as error:
        messages.error(request, str(error))
        return redirect("civil_list", made.pk)
    messages.success(request, _("The list is in the worklist. Nothing was stopped: each match is decided."))
    return redirect("civil_lists", made.kind)


@require_POST
def civil_match(request: OfficerRequest, match_id: int) -> HttpResponse:
    """Decide whether a row that is only alike is this person."""
    require(request, Action.REQUEST_CHANGE)
    match = _match(request, match_id)
    verdict = request.POST.get("verdict", "")
    if verdict not in (MatchVerdict.SAME, MatchVerdict.DIFFERENT):
        raise Http404
    try:
        civil.decide_match(match=match, verdict=MatchVerdict(verdict), by=request.user, at=timezone.now())
    except DecisionRefused as error:
        messages.error(request, str(error))
    return redirect("civil_lists", match.list.kind)


@require_POST
def civil_drafts(request: OfficerRequest) -> HttpResponse:
    """Begin the drafts of the chosen matches; of a single one the draft is opened."""
    require(request, Action.REQUEST_CHANGE)
    chosen = [_match(request, number) for number in _numbers(request.POST.getlist("match"))[:AT_ONCE]]
    made = []
    for match in chosen:
        try:
            made.append(civil.draft_match(match=match, by=request.user, at=timezone.now()))
        except DecisionRefused as error:
            name = match.person.name if match.person else ""
            messages.error(request, _("%(name)s: %(why)s") % {"name": name, "why": error})
    if not chosen:
        messages.error(request, _("Choose at least one."))
        return redirect("ahead")
    if len(chosen) == 1 and made:
        draft = made[0]
        if draft.kind == ChangeKind.NEW:
            return redirect("entry", draft.client_key)
        return redirect("change_edit", draft.pk)
    if made:
        count = len(made)
        messages.success(
            request,
            ngettext("%(count)s draft begun.", "%(count)s drafts begun.", count) % {"count": count},
        )
    return redirect("civil_lists", chosen[0].list.kind)


def _take(request: OfficerRequest, kind: CivilKind, form: ListForm) -> CivilList | None:
    file = form.cleaned_data["file"]
    try:
        return civil.take_list(
            kind=kind, file=file, name=file.name or "", size=file.size or 0, month=form.cleaned_data.get("month"),
            by=request.user, reader=request.reader, at=timezone.now(),
        )  # fmt: skip
    except (DecisionRefused, UnreadableFile) as error:
        form.add_error("file", str(error))
        return None


def _match(request: OfficerRequest, match_id: int) -> CivilMatch:
    """A visible match in a commune whose people the officer may ask changes for."""
    found = queries.visible_matches(request.reader).select_related("list", "person", "commune", "request")
    match = get_object_or_404(found, pk=match_id)
    require(request, Action.REQUEST_CHANGE, match.commune_id)
    return match


def _page(request: OfficerRequest, page: KeysetPage[CivilMatch], total: int) -> dict[str, Any]:
    english = (get_language() or "vi").startswith("en")
    rows = [queries.shown(match, reader=request.reader, english=english) for match in page.rows]
    return page_context(page, rows, request.GET, total=total)


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
