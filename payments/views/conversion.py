"""The page of the social pension in place of 5(5)(b) and (c): what it does, two officers, its progress (rule E12)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Action
from accounts.http import OfficerRequest, require
from beneficiaries.models import Conversion
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.grants import Decision
from benefits.models import Category
from common.forms import DayField
from common.money import format_number
from payments import dispatch
from payments.operations import conversion as operations
from payments.operations.conversion import FROM_MONTH, REPLACED, Convertible
from payments.queries.conversion import conversion_figures, conversions
from payments.views.law import of_the_province, require_province

LATE_SHOWN = 20


class ConversionForm(forms.Form):
    """The decision by which the benefits are converted."""

    number = forms.CharField(label=gettext_lazy("Decision number"), max_length=60)
    signed_on = DayField(label=gettext_lazy("Decision date"))


@require_http_methods(["GET", "POST"])
def conversion(request: OfficerRequest) -> HttpResponse:
    """Whose benefit is to be converted, what waits for the second officer, and what was done; the form prepares."""
    _require(request, Action.CHANGE_LAW if request.method == "POST" else Action.SEE_LAW)
    form = ConversionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _prepare(request, form):
        return redirect("law_conversion")
    known = list(conversions())
    running, concerned = _running(known), operations.concerns_anybody(reader=request.reader)
    context = {
        "month": FROM_MONTH,
        "concerned": concerned,
        "figures_url": reverse("law_conversion_figures"),
        "progress": running and _progress(running),
        "done": [one for one in known if one.confirmed_at and one is not running],
        "form": form if concerned and of_the_province(request, Action.CHANGE_LAW) else None,
    }
    return render(request, "payments/law_conversion.html", context | _actions(request, known))


@require_GET
def figures(request: OfficerRequest) -> HttpResponse:
    """The part of the page that takes longer: whom it concerns, and what they receive a month before and after."""
    _require(request, Action.SEE_LAW)
    found = operations.preview(reader=request.reader)
    counted = conversion_figures(found, on=max(timezone.localdate(), FROM_MONTH))
    context = {
        "grants": len(found),
        "people": len({one.person_id for one in found}),
        "rows": _by_category(found),
        "late": [one for one in found if one.late][:LATE_SHOWN],
        "late_count": sum(one.late for one in found),
        "figures": counted,
        "total": counted.total,
    }
    return render(request, "payments/_law_conversion_figures.html", context)


@require_POST
def act(request: OfficerRequest) -> HttpResponse:
    """Confirm the conversion that waits, as the second officer; a refusal becomes a message."""
    _require(request, Action.CHANGE_LAW)
    if request.POST.get("action") != "confirm":
        raise Http404
    waiting = conversions().filter(confirmed_by=None).first()
    try:
        if waiting is None:
            raise DecisionRefused(_("No conversion waits to be confirmed."))
        operations.confirm(
            conversion_id=waiting.pk, by=request.user, at=timezone.now(), reader=request.reader
        )
    except DecisionRefused as error:
        messages.error(request, str(error))
    else:
        dispatch.ring_conversion(conversion_id=waiting.pk)
    return redirect("law_conversion")


@require_GET
def progress(request: OfficerRequest) -> HttpResponse:
    """The part of the page that asks again until all is converted. Whoever watches also converts one part, so that a
    conversion comes to its end with no worker at all."""
    _require(request, Action.SEE_LAW)
    running = _running(list(conversions()))
    if running is not None:
        operations.convert_next_part(conversion_id=running.pk, at=timezone.now())
        running = _running(list(conversions()))
    if running is None:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "payments/_law_progress.html", {"progress": _progress(running)})


def _require(request: OfficerRequest, action: Action) -> None:
    require_province(request, action)
    require(request, Action.SEE_PEOPLE)


def _prepare(request: OfficerRequest, form: ConversionForm) -> bool:
    decision = Decision(form.cleaned_data["number"], form.cleaned_data["signed_on"])
    try:
        operations.prepare(decision=decision, by=request.user, at=timezone.now(), reader=request.reader)
    except DecisionRefused as error:
        messages.error(request, str(error))
        return False
    messages.success(request, _("The conversion is prepared. Another officer has to confirm it."))
    return True


def _by_category(found: list[Convertible]) -> list[dict[str, Any]]:
    grants = Counter(one.category_id for one in found)
    holders = Counter(one.category_id for one in found if one.holds_target)
    english = (get_language() or "vi").startswith("en")
    categories = Category.objects.in_bulk(REPLACED)
    names = {code: one.name_en if english else one.name_vi for code, one in categories.items()}
    return [
        {"code": code, "name": names.get(code, code), "grants": grants[code], "holders": holders[code]}
        for code in REPLACED
        if grants[code]
    ]


def _running(known: list[Conversion]) -> Conversion | None:
    return next((one for one in known if one.parts_waiting), None)  # type: ignore[attr-defined]


def _progress(running: Conversion) -> dict[str, Any]:
    parts, waiting = running.parts_all, running.parts_waiting  # type: ignore[attr-defined]
    return {
        "url": reverse("law_conversion_progress"),
        "label": _("Converting benefits to the social pension"),
        "all": parts,
        "done": parts - waiting,
    }


def _actions(request: OfficerRequest, known: list[Conversion]) -> dict[str, Any]:
    waiting = next((one for one in known if one.confirmed_by_id is None), None)
    rule = _("The one who prepares the conversion cannot confirm it.")
    if waiting is None or not of_the_province(request, Action.CHANGE_LAW):
        return {"actions": [], "rule": "", "waiting": waiting}
    refused = ""
    if waiting.prepared_by_id == request.user.pk:
        refused = _("You prepared this conversion; another officer confirms it.")
    confirm = {
        "name": "confirm", "url": reverse("law_conversion_act"), "confirm": True, "refused": refused,
        "label": _("Convert %(grants)s benefits") % {"grants": format_number(waiting.count)},
        "consequence": _(
            "Each of these benefits ends, and the social pension begins in its place, without an application. Months "
            "that the old benefit paid already are booked to the new one and not paid again."
        ),
    }  # fmt: skip
    return {"actions": [confirm], "rule": rule, "waiting": waiting}
