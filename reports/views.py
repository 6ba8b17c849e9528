"""The dashboard of coverage and its Excel file."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.access import Action
from accounts.http import OfficerRequest, require
from common.months import format_month, month_of, parse_month
from reports.exports import TYPE, coverage_workbook
from reports.queries.area import area_of
from reports.queries.coverage import By, NoFigures, coverage
from reports.queries.overview import months_with_figures, overview


@require_safe
def dashboard(request: OfficerRequest) -> HttpResponse:
    """Where the reader's area stands in a month: the newest one with figures unless another is asked for."""
    require(request, Action.SEE_COVERAGE)
    months = months_with_figures()
    month, by = _month(request, months), _by(request)
    shared = {
        "month": month,
        "months": months,
        "may_see_cycle": request.reader.may(Action.SEE_PAYMENTS),
        "may_make_lists": request.reader.may(Action.MAKE_LISTS),
    }
    try:
        found = overview(month=month, by=by, reader=request.reader)
    except NoFigures:
        return render(request, "reports/dashboard.html", shared | {"area": area_of(request.reader).name})
    labels = {
        By.DISTRICT: pgettext("coverage by", "district"),
        By.COMMUNE: pgettext("coverage by", "commune"),
        By.SCHEME: pgettext("coverage by", "scheme"),
        By.CATEGORY: pgettext("coverage by", "category"),
    }
    query = f"?month={format_month(month)}&by={found.by}"
    return render(
        request,
        "reports/dashboard.html",
        shared
        | {
            "area": found.table.area.name,
            "cycle_month": found.table.month,
            "reckoned_on": found.table.cycle.reckoned_on,
            "settled": found.table.settled,
            "total": found.total,
            "uncovered": found.total.all - found.total.covered,
            "schemes": found.schemes,
            "change": found.change,
            "target_on": found.target_on,
            "needed": found.needed,
            "by": str(found.by),
            "by_label": labels[found.by],
            "choices": [{"key": str(choice), "label": labels[choice]} for choice in found.choices],
            "rows": found.rows,
            "overlaps": found.by == By.CATEGORY,
            "obstacles": found.reasons,
            "carriers": found.carriers,
            "trend": found.trend,
            "export_url": reverse("coverage_excel") + query,
        },
    )


@require_safe
def coverage_excel(request: OfficerRequest) -> HttpResponse:
    """The dashboard's table as an Excel file; 404 where the month has no figures."""
    require(request, Action.SEE_COVERAGE)
    month, by = _month(request, months_with_figures()), _by(request)
    try:
        found = coverage(month=month, by=by, reader=request.reader)
    except NoFigures as error:
        raise Http404(str(error)) from error
    response = HttpResponse(coverage_workbook(found, area=area_of(request.reader).name), content_type=TYPE)
    name = f"chi-tra-qua-tai-khoan-{format_month(month)}-{by}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _month(request: OfficerRequest, months: list[date]) -> date:
    try:
        return parse_month(request.GET.get("month", ""))
    except ValueError:
        return months[0] if months else month_of(timezone.localdate())


def _by(request: OfficerRequest) -> By:
    try:
        return By(request.GET.get("by", ""))
    except ValueError:
        return By.DISTRICT
