"""The reports that go upwards: the choice of them, and each as page, Excel file and paper to sign."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import Action
from accounts.http import OfficerRequest, require
from common.workbooks import XLSX
from reports import sheets
from reports.papers import PDF_TYPE
from reports.queries.overview import months_counted
from reports.upward import KINDS, Kind, Period, with_marks


@require_safe
def report_list(request: OfficerRequest) -> HttpResponse:
    """Every report that this officer may have made, with its newest period."""
    require(request, Action.SEE_COVERAGE)
    months = months_counted()
    kinds = [
        {"key": key, "name": kind.name, "about": kind.about, "newest": next(iter(kind.periods(months)), None)}
        for key, kind in KINDS.items()
    ]
    return render(
        request,
        "reports/report_list.html",
        {"kinds": kinds, "may_see_gifts": request.reader.may(Action.SEE_PEOPLE)},
    )


@require_safe
def report(request: OfficerRequest, kind: str) -> HttpResponse:
    """One report of the reader's own area; the newest period unless another is asked for."""
    require(request, Action.SEE_COVERAGE)
    found, periods, period = _asked(request, kind)
    context: dict[str, Any] = {
        "kind": kind,
        "name": found.name,
        "about": found.about,
        "periods": periods,
        "period": period,
    }
    if period:
        query = f"?period={period.key}"
        context["sheet"] = _sheet(found, period, request)
        context["exports"] = [
            {"label": label, "url": reverse(name, args=[kind]) + query}
            for name, label in (("report_excel", "Excel"), ("report_pdf", "PDF"))
        ]
    return render(request, "reports/report.html", context)


@require_safe
def report_excel(request: OfficerRequest, kind: str) -> HttpResponse:
    """The same as an Excel file; 404 where no period has figures."""
    require(request, Action.SEE_COVERAGE)
    return _file(request, kind, "xlsx")


@require_safe
def report_pdf(request: OfficerRequest, kind: str) -> HttpResponse:
    """The same on paper, to be signed; 404 where no period has figures."""
    require(request, Action.SEE_COVERAGE)
    return _file(request, kind, "pdf")


def _file(request: OfficerRequest, kind: str, ending: str) -> HttpResponse:
    found, _periods, period = _asked(request, kind)
    if period is None:
        raise Http404
    sheet = _sheet(found, period, request)
    content = sheets.workbook(sheet) if ending == "xlsx" else sheets.paper(sheet)
    return sheet_file(content, f"{kind}-{period.key}.{ending}")


def _sheet(kind: Kind, period: Period, request: OfficerRequest) -> sheets.Sheet:
    return with_marks(kind.sheet(period, request.reader), period.months)


def sheet_file(content: bytes, name: str) -> HttpResponse:
    """A file to keep, Excel or PDF by its name's ending."""
    response = HttpResponse(content, content_type=XLSX if name.endswith("xlsx") else PDF_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(request: OfficerRequest, kind: str) -> tuple[Kind, list[Period], Period | None]:
    found = KINDS.get(kind)
    if found is None:
        raise Http404
    periods = found.periods(months_counted())
    asked = request.GET.get("period", "")
    period = next((one for one in periods if one.key == asked), next(iter(periods), None))
    return found, periods, period
