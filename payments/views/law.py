"""Pages of the law's tables: what counts, what is missing, proposing a change, its preview, trying one out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Action
from accounts.http import OfficerRequest, require, step_up
from areas.models import Unit
from benefits.entering import RowsRefused
from benefits.models import Base, Confidence, Proposal, ProposalState, Scheme
from common.money import format_number
from common.months import add_months, format_month, month_of, read_month, show_month
from common.workbooks import XLSX
from payments import dispatch
from payments.forms_law import ProposalForm, SimulationForm, base_label
from payments.law_sheets import law_workbook
from payments.operations import proposals
from payments.operations.errors import PaymentsError
from payments.operations.generation import list_date
from payments.queries import overview
from payments.queries.law import bases_of, missing_rates, rates_of
from payments.queries.preview import Change, Figures, people_who_change, proposed_rows, simulate
from payments.queries.preview_names import category_names, unit_names

TONES = {Confidence.SECONDARY: "cash", Confidence.ASSUMED: "bad"}


@require_GET
def law(request: OfficerRequest) -> HttpResponse:
    """What counts for one month: bases, rates, what they rest on, what is missing, and the changes proposed."""
    require(request, Action.SEE_LAW)
    month = _month(request)
    on = list_date(month)
    rates = [_rate(row) for row in rates_of(month=month, on=on)]
    bases, to_come = bases_of(month=month, on=on)
    everywhere = of_the_province(request, Action.SEE_LAW)
    context = {
        "month": month,
        "on": on,
        "bases": [_base(row) for row in bases],
        "to_come": [_base(row) for row in to_come],
        "schemes": [
            {"name": scheme.label, "rows": [row for row in rates if row["scheme"] == scheme]}
            for scheme in Scheme
        ],
        "missing": _missing(missing_rates(months=[month], on=on)),
        "proposals": [
            {
                "id": row.pk,
                "source": row.source,
                "rows": len(row.rows),
                "state": row.state,
                "state_label": row.get_state_display(),
                "by": row.proposed_by,
                "at": row.proposed_at,
            }
            for row in Proposal.objects.select_related("proposed_by")[:20]
            if everywhere
        ],
        "may_change": of_the_province(request, Action.CHANGE_LAW),
        "may_try": everywhere,
        "may_see_conversion": everywhere and request.reader.may(Action.SEE_PEOPLE),
    }
    return render(request, "payments/law.html", context)


@require_GET
def table(request: OfficerRequest) -> HttpResponse:
    """The month's bases and rates as a workbook that can be edited and loaded again."""
    require(request, Action.SEE_LAW)
    month = _month(request)
    on = list_date(month)
    bases, _to_come = bases_of(month=month, on=on)
    content = law_workbook(bases=bases, rates=rates_of(month=month, on=on))
    name = f"muc-huong-{format_month(month)}.xlsx"
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_http_methods(["GET", "POST"])
def propose(request: OfficerRequest) -> HttpResponse:
    """Enter a change of law, from a file or as one row; nothing counts before a second officer confirms it."""
    require_province(request, Action.CHANGE_LAW)
    step_up(request)  # before the form is filled in: a file could not be carried along
    provinces = _provinces()
    if request.method == "POST":
        form = ProposalForm(request.POST, request.FILES, provinces=provinces)
        if form.is_valid():
            try:
                made = proposals.propose(
                    rows=form.rows,
                    source=form.cleaned_data["source"],
                    note=form.cleaned_data["note"],
                    by=request.user,
                    at=timezone.now(),
                )
            except RowsRefused as error:
                form.refuse(error)
            else:
                dispatch.ring_preview(proposal_id=made.pk)
                return redirect("law_proposal", proposal_id=made.pk)
    else:
        form = ProposalForm(provinces=provinces)
    return render(request, "payments/law_propose.html", {"form": form})


@require_http_methods(["GET", "POST"])
def simulation(request: OfficerRequest) -> HttpResponse:
    """What one month would cost with other rates or bases; nothing is kept."""
    require_province(request, Action.SEE_LAW)
    context: dict[str, Any] = {}
    if request.method == "POST":
        form = SimulationForm(request.POST, request.FILES, provinces=_provinces())
        if form.is_valid():
            month = form.cleaned_data["month"]
            try:
                figures = simulate(form.rows, month=month)
            except RowsRefused as error:
                form.refuse(error)
            else:
                context = {"month": month, "preview": _figures(figures)}
    else:
        form = SimulationForm(initial={"month": f"{_next_month():%m/%Y}"}, provinces=_provinces())
    return render(request, "payments/law_simulate.html", {"form": form} | context)


@require_GET
def proposal(request: OfficerRequest, proposal_id: int) -> HttpResponse:
    """One proposal: its rows beside those they overtake, what they would change, and deciding about them."""
    require_province(request, Action.SEE_LAW)
    found = get_object_or_404(Proposal.objects.select_related("proposed_by", "decided_by"), pk=proposal_id)
    running = found.previewed_at is None
    figures = Figures()
    if not running:
        for part in found.parts.all():
            figures.add(part.figures or [])
    rows = [_base(row) if isinstance(row, Base) else _rate(vars(row)) for row in proposed_rows(found)]
    context = {
        "proposal": found,
        "state_label": found.get_state_display(),
        "rows": rows,
        "progress": _progress(found) if running and found.state == ProposalState.OPEN else None,
        "preview": None if running else _figures(figures),
        "people_url": reverse("law_people", args=[found.pk])
        if not running and found.state == ProposalState.OPEN and request.reader.may(Action.SEE_PEOPLE)
        else "",
    }
    return render(request, "payments/law_proposal.html", context | _actions(request, found, figures))


@require_GET
def progress(request: OfficerRequest, proposal_id: int) -> HttpResponse:
    """The part of a proposal's page that asks again until its preview is reckoned. Whoever watches also reckons one
    part, so a preview comes to its end with no worker at all."""
    require_province(request, Action.SEE_LAW)
    found = get_object_or_404(Proposal, pk=proposal_id)
    if found.state == ProposalState.OPEN and found.previewed_at is None:
        proposals.reckon_next_part(proposal_id=proposal_id, at=timezone.now())
        found.refresh_from_db()
    if found.state != ProposalState.OPEN or found.previewed_at is not None:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "payments/_law_progress.html", {"progress": _progress(found)})


@require_POST
def act(request: OfficerRequest, proposal_id: int) -> HttpResponse:
    """Carry out one button of a proposal's page; a refusal becomes a message."""
    now, action = timezone.now(), request.POST.get("action", "")
    require_province(request, Action.CHANGE_LAW, code=action == "confirm")
    get_object_or_404(Proposal, pk=proposal_id)
    try:
        if action == "confirm":
            proposals.confirm(proposal_id=proposal_id, by=request.user, at=now)
            messages.success(request, _("The rows are in the tables. Whoever they touch is reckoned again."))
        elif action == "withdraw":
            proposals.withdraw_proposal(proposal_id=proposal_id, by=request.user, at=now)
            messages.success(request, _("The proposal is withdrawn; the tables are as they were."))
        elif action == "anew":
            proposals.preview_anew(proposal_id=proposal_id)
            dispatch.ring_preview(proposal_id=proposal_id)
        else:
            raise Http404
    except (PaymentsError, RowsRefused) as error:
        messages.error(request, str(error))
    return redirect("law_proposal", proposal_id=proposal_id)


@require_GET
def people(request: OfficerRequest, proposal_id: int) -> HttpResponse:
    """Who changes, commune by commune."""
    require_province(request, Action.SEE_LAW)
    require(request, Action.SEE_PEOPLE)
    found = get_object_or_404(Proposal, pk=proposal_id, state=ProposalState.OPEN)
    communes = list(
        Unit.objects.on(found.month)
        .communes()
        .filter(pk__in=request.reader.units(Action.SEE_PEOPLE))
        .select_related("parent")
        .order_by("parent__code", "name")
    )
    wanted = request.GET.get("commune", "")
    commune = next((one for one in communes if str(one.pk) == wanted), communes[0] if communes else None)
    rows = people_who_change(proposal=found, commune=commune.pk, reader=request.reader) if commune else []
    return render(
        request,
        "payments/law_people.html",
        {"proposal": found, "communes": communes, "commune": commune, "rows": rows},
    )


def of_the_province(request: OfficerRequest, action: Action) -> bool:
    """A law counts everywhere, and its figures are everybody's: a role in one district does not reach it."""
    return Unit.objects.provinces().filter(pk__in=request.reader.units(action)).exists()


def require_province(request: OfficerRequest, action: Action, *, code: bool = True) -> None:
    """`accounts.http.require` in the whole province."""
    if not of_the_province(request, action):
        raise PermissionDenied
    require(request, action, code=code)


def _month(request: OfficerRequest) -> date:
    try:
        return read_month(request.GET.get("month", ""))
    except ValueError:
        return _next_month()


def _next_month() -> date:
    last = overview.last_paid_month()
    return add_months(last, 1) if last else month_of(timezone.localdate())


def _provinces() -> list[tuple[str, str]]:
    lived_in = Unit.objects.on(_next_month()).communes().values("parent", "parent__parent")
    near = [str(pk) for row in lived_in for pk in row.values() if pk]
    provinces = Unit.objects.provinces().filter(pk__in=near).order_by("code")
    return [(unit.code, unit.name) for unit in provinces]


def _missing(rows: list[tuple[str, date]]) -> list[dict[str, str]]:
    names = category_names()
    return [{"code": code, "name": names.get(code, code)} for code, _month in rows]


def _confidence(level: str) -> dict[str, str]:
    """How a row that is not verified is marked; nothing for a verified one."""
    return {"tone": TONES[Confidence(level)], "label": str(Confidence(level).label)} if level in TONES else {}


def _base(row: Base) -> dict[str, Any]:
    return {
        "code": row.base_code,
        "name": base_label(row.base_code).partition(" · ")[2] or row.base_code,
        "area": row.area.name if row.area else "",
        "amount": row.amount,
        "applies_from": row.applies_from,
        "applies_to": row.applies_to,
        "in_force_from": row.in_force_from,
        "source": row.legal_source,
        "mark": _confidence(row.confidence),
        "note": row.confidence_note,
    }


def _rate(row: dict[str, Any]) -> dict[str, Any]:
    english = (get_language() or "vi").startswith("en")
    return {
        "scheme": row.get("scheme", ""),
        "code": row.get("code") or row.get("band_code"),
        "name": row["band_name_en"] if english else row["band_name_vi"],
        "base": row.get("base"),
        "base_code": row["base_code"],
        "coefficient": row["coefficient"],
        "amount": row["amount"],
        "applies_from": row["applies_from"],
        "in_force_from": row["in_force_from"],
        "source": row.get("source") or row.get("legal_source"),
        "mark": _confidence(row["confidence"]),
    }


def _progress(found: Proposal) -> dict[str, Any]:
    counted = found.parts.aggregate(all=Count("pk"), waiting=Count("pk", filter=Q(figures__isnull=True)))
    return {
        "url": reverse("law_progress", args=[found.pk]),
        "label": _("Reckoning what everybody would receive"),
        "all": counted["all"],
        "done": counted["all"] - counted["waiting"],
    }


def _figures(figures: Figures) -> dict[str, Any]:
    """Figures as templates/payments/_law_figures.html takes them."""
    schemes = {str(scheme): str(scheme.label) for scheme in Scheme}
    arrears = figures.total(past=True)
    return {
        "total": figures.total(),
        "arrears": arrears if arrears.changed else None,
        "months": [
            line | {"name": show_month(read_month(line["name"]))}
            for line in _named(figures.by("month", past=True), {})
        ],
        "schemes": _named(figures.by("scheme"), schemes),
        "categories": _named(figures.by("category"), category_names()),
        "units": _named(figures.by("unit"), unit_names()),
        "arrears_schemes": _named(figures.by("scheme", past=True), schemes),
    }


def _named(rows: dict[str, Change], names: dict[str, str]) -> list[dict[str, Any]]:
    return [{"name": names.get(key, key), "row": row} for key, row in rows.items() if row.changed]


def _actions(request: OfficerRequest, found: Proposal, figures: Figures) -> dict[str, Any]:
    if found.state != ProposalState.OPEN or not of_the_province(request, Action.CHANGE_LAW):
        return {"actions": [], "rule": ""}
    url = reverse("law_act", args=[found.pk])
    actions: list[dict[str, Any]] = [
        {
            "name": "withdraw", "url": url, "tone": "stop", "confirm": True, "label": _("Withdraw the proposal"),
            "consequence": _("The tables stay as they are. The proposal remains on record."),
        }
    ]  # fmt: skip
    if found.previewed_at:
        own = found.proposed_by_id == request.user.pk
        people = {"people": format_number(figures.total().changed)}
        actions += [
            {"name": "anew", "url": url, "tone": "quiet", "label": _("Reckon the preview again")},
            {
                "name": "confirm", "url": url, "confirm": True,
                "label": _("Confirm: %(people)s people change") % people,
                "refused": _("You proposed this change; another officer confirms it.") if own else "",
                "consequence": _(
                    "From then on lists are reckoned by these rows. Months already paid are looked back on: arrears "
                    "are paid with the next list, what was overpaid is shown and never netted by itself."
                ),
            },
        ]  # fmt: skip
    return {"actions": actions, "rule": _("The one who proposes a change of law cannot confirm it.")}
