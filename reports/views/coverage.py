"""The dashboard of coverage and its Excel file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.access import Action, Reader
from accounts.http import OfficerRequest, require
from areas.models import Succession, Unit
from common.months import format_month, month_of, parse_month
from common.workbooks import XLSX
from reports import papers, tables
from reports.exports import coverage_workbook
from reports.queries.area import area_of, seen
from reports.queries.coverage import By, Coverage, NoFigures, Row, coverage, table_of
from reports.queries.difficulties import standing
from reports.queries.overview import months_with_figures, overview


@require_safe
def dashboard(request: OfficerRequest) -> HttpResponse:
    """Where the reader's area stands in a month: the newest one with figures unless another is asked for."""
    require(request, Action.SEE_COVERAGE)
    months = months_with_figures()
    asked = _asked(request, months)
    shared = {
        "month": asked.month,
        "months": months,
        "may_see_cycle": request.reader.may(Action.SEE_PAYMENTS),
        "may_make_lists": request.reader.may(Action.MAKE_LISTS),
        "may_administer": request.reader.may(Action.ADMINISTER),
    }
    try:
        found = overview(**asked.selection(request.reader))
    except NoFigures:
        counting = asked.month in months
        nothing = {"area": area_of(request.reader).name, "counting": counting}
        return render(request, "reports/dashboard.html", shared | nothing)
    labels = _labels()
    query = asked.query(by=found.by)
    return render(
        request,
        "reports/dashboard.html",
        shared
        | {
            "area": found.table.area.name,
            "within": asked.within,
            "cycle_month": found.table.month,
            "reckoned_on": found.table.cycle.reckoned_on,
            "settled": found.table.settled,
            "taken_at": found.table.snapshot.taken_at,
            "restated": found.restated,
            "total": found.total,
            "uncovered": found.total.all - found.total.covered,
            "schemes": found.schemes,
            "change": found.change,
            "work": found.work,
            "money": found.money,
            "waiting": found.waiting,
            "target_on": found.target_on,
            "needed": found.total.needed,
            "ahead": found.ahead,
            "by": str(found.by),
            "by_label": labels[found.by],
            "choices": [
                {"key": str(choice), "label": labels[choice], "url": f"?{asked.query(by=choice)}#rows"}
                for choice in found.choices
            ],
            "rows": _linked(found.rows, asked, request),
            "overlaps": found.by == By.CATEGORY,
            "obstacles": found.reasons,
            "easiest": found.easiest,
            "carriers": found.carriers,
            "province": found.province,
            "post": found.post,
            "trend": found.trend,
            "later_units": _later_units(asked, found.by),
            "exports": _exports(query, whole_province=found.table.area.whole_province),
        },
    )


def _exports(query: str, *, whole_province: bool) -> list[dict[str, str]]:
    found = [
        ("coverage_excel", "Excel"),
        ("coverage_csv", "CSV"),
        ("coverage_pdf", "PDF"),
        ("coverage_report", _("Monthly report")),
    ]
    if whole_province:
        found.append(("coverage_open_data", _("Open data")))
    return [{"label": label, "url": f"{reverse(name)}?{query}"} for name, label in found]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address of the dashboard asks for."""

    month: date
    by: By
    within: int | None
    units_on: date | None

    def selection(self, reader: Reader) -> dict[str, Any]:
        """The arguments of `overview` and `coverage`."""
        return {
            "month": self.month,
            "by": self.by,
            "reader": reader,
            "within": self.within,
            "units_on": self.units_on,
        }

    def query(self, **changed: object) -> str:
        """The address's query with some of it changed."""
        values = {
            "month": format_month(self.month),
            "by": self.by,
            "unit": self.within,
            "units": self.units_on,
        } | changed
        return urlencode({name: str(value) for name, value in values.items() if value})


def _linked(rows: list[Row], asked: Asked, request: OfficerRequest) -> list[Row]:
    """Rows with what lies below: a district's communes, or a commune's people on cash for who may see them.

    Those of a commune in being are its worklist on the road to cashless; one that has ended has its people only.
    """
    standing = set(Unit.objects.on(timezone.localdate()).communes().values_list("pk", flat=True))

    def url(row: Row) -> str:
        if row.unit_id is None or row.unit_id == asked.within:
            return row.url
        if asked.by != By.COMMUNE or not request.reader.may(Action.SEE_PEOPLE, row.unit_id):
            return f"?{asked.query(unit=row.unit_id, by=By.COMMUNE)}"
        if row.unit_id in standing:
            return f"{reverse('road')}?commune={row.unit_id}"
        return f"{reverse('people')}?commune={row.unit_id}&channel=post"

    return [replace(row, url=url(row)) for row in rows]


def _later_units(asked: Asked, by: By) -> dict[str, Any] | None:
    """The way to see a month before a reorganisation in the units after it, and back."""
    if by not in (By.DISTRICT, By.COMMUNE):
        return None
    if asked.units_on:
        return {"on": asked.units_on, "shown": True, "url": f"?{asked.query(units=None)}#rows"}
    step = Succession.objects.filter(on_date__gt=asked.month).order_by("on_date").first()
    if step is None:
        return None
    url = f"?{asked.query(units=step.on_date, by=By.COMMUNE)}#rows"
    return {"on": step.on_date, "shown": False, "url": url}


def _labels() -> dict[By, str]:
    return {
        By.DISTRICT: pgettext("coverage by", "district"),
        By.COMMUNE: pgettext("coverage by", "commune"),
        By.SCHEME: pgettext("coverage by", "scheme"),
        By.CATEGORY: pgettext("coverage by", "category"),
        By.AGE: pgettext("coverage by", "age"),
    }


@require_safe
def coverage_excel(request: OfficerRequest) -> HttpResponse:
    """The dashboard's table as an Excel file; 404 where the month has no figures."""
    require(request, Action.SEE_COVERAGE)
    asked, found = _coverage(request)
    area = area_of(request.reader, within=asked.within).name
    return _file(coverage_workbook(found, area=area), XLSX, asked, "xlsx")


@require_safe
def coverage_csv(request: OfficerRequest) -> HttpResponse:
    """The dashboard's table as CSV; 404 where the month has no figures."""
    require(request, Action.SEE_COVERAGE)
    asked, found = _coverage(request)
    return _file(tables.coverage_csv(found), tables.CSV_TYPE, asked, "csv")


@require_safe
def coverage_pdf(request: OfficerRequest) -> HttpResponse:
    """The dashboard's table on one A4 page; 404 where the month has no figures."""
    require(request, Action.SEE_COVERAGE)
    asked, found = _coverage(request)
    area = area_of(request.reader, within=asked.within).name
    data = papers.coverage_data(found, area=area, label=_labels()[found.by])
    return _file(papers.paper(data), papers.PDF_TYPE, asked, "pdf")


@require_safe
def coverage_report(request: OfficerRequest) -> HttpResponse:
    """The monthly report that goes upwards, of the reader's own area; 404 as above."""
    require(request, Action.SEE_COVERAGE)
    asked = replace(_asked(request, months_with_figures()), by=By.DISTRICT)
    try:
        shown = overview(**asked.selection(request.reader), own=True)
    except NoFigures as error:
        raise Http404(str(error)) from error
    table = shown.table
    raised = standing(reader=request.reader, units=table.area.units, on=table.last_day)
    data = papers.report_data(shown, difficulties=raised)
    return _file(papers.paper(data), papers.PDF_TYPE, asked, "bao-cao.pdf")


@require_safe
def coverage_open_data(request: OfficerRequest) -> HttpResponse:
    """The month for publication, by commune and scheme with small cells put together; the province's alone to give."""
    require(request, Action.SEE_COVERAGE)
    if not area_of(request.reader).whole_province:
        raise PermissionDenied
    asked = _asked(request, months_with_figures())
    try:
        table = table_of(month=asked.month, reader=request.reader)
    except NoFigures as error:
        raise Http404(str(error)) from error
    return _file(tables.open_data_csv(table), tables.CSV_TYPE, asked, "du-lieu-mo.csv")


def _coverage(request: OfficerRequest) -> tuple[Asked, Coverage]:
    asked = _asked(request, months_with_figures())
    try:
        return asked, coverage(**asked.selection(request.reader))
    except NoFigures as error:
        raise Http404(str(error)) from error


def _file(content: bytes, kind: str, asked: Asked, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    name = f"chi-tra-qua-tai-khoan-{format_month(asked.month)}-{asked.by}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(request: OfficerRequest, months: list[date]) -> Asked:
    unit, units = request.GET.get("unit", ""), request.GET.get("units", "")
    try:
        units_on = date.fromisoformat(units) if units else None
    except ValueError:
        units_on = None
    within = int(unit) if unit.isascii() and unit.isdigit() else None
    if within not in seen(request.reader):
        within = None
    return Asked(month=_month(request, months), by=_by(request), within=within, units_on=units_on)


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
