"""Pages of a month's pay days: the calendar, one day, its papers."""

from __future__ import annotations

import uuid
from datetime import date

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from kombu.exceptions import OperationalError

from accounts.access import Action
from accounts.http import OfficerRequest, require
from areas.models import Unit
from common.months import month_of, parse_month, read_month
from common.workbooks import XLSX
from payments.models import Batch
from payments.queries import overview
from payments.queries.batches import find_batch
from postal import tasks
from postal.forms import DayForm, MonthPlanForm
from postal.models import ListArchive
from postal.models.archive import ArchiveState
from postal.operations import archives, calendar
from postal.operations.errors import PostalError
from postal.papers.changes import changes_pdf, changes_workbook
from postal.papers.signing import file_name, list_pdf, list_workbook
from postal.queries.calendar import managed_communes, month_days, month_totals, unlisted
from postal.queries.deadlines import deadlines
from postal.queries.lists import PayList, pay_lists
from postal.queries.scope import visible_points
from postal.views.common import PDF, attachment, may_manage, may_pay, the_day, today
from postal.views.marks import marks_context
from postal.views.proof import proof_context


@require_GET
def month(request: OfficerRequest) -> HttpResponse:
    """A month's pay days with how far each is, and who stands on no list."""
    reader = request.reader
    if not (reader.may(Action.SEE_PAYMENTS) or reader.may(Action.PAY_CASH)):
        require(request, Action.SEE_PAYMENTS)
    months = overview.months()
    try:
        chosen = parse_month(request.GET.get("month", ""))
    except ValueError:
        chosen = months[0] if months else month_of(today())
    return _month_page(request, chosen, months)


def _month_page(
    request: OfficerRequest, chosen: date, months: list[date], refused: forms.Form | None = None
) -> HttpResponse:
    """The month, with a form that was refused as it was filled in."""
    reader = request.reader
    days = list(month_days(month=chosen, reader=reader, on=today()))
    context = {
        "month": chosen,
        "month_url": reverse("post_month"),
        "months": months if chosen in months else [chosen, *months],
        "days": days,
        "totals": month_totals(days),
        "unlisted": unlisted(month=chosen, reader=reader),
        "deadlines": deadlines(month=chosen, reader=reader, on=today()),
        "manages": reader.may(Action.MANAGE_POST),
        "sees_all": reader.may(Action.SEE_PAYMENTS),
        "plan_form": refused if isinstance(refused, MonthPlanForm) else MonthPlanForm.suggested(month=chosen),
        "day_form": refused if isinstance(refused, DayForm) else _day_form(request, chosen),
        "communes": sorted(
            {day.point.commune for day in days if reader.may(Action.SEE_PAYMENTS, day.point.commune_id)},
            key=lambda unit: (unit.name, unit.pk),
        ),
    }
    return render(request, "postal/month.html", context)


def _day_form(request: OfficerRequest, chosen: date) -> DayForm:
    managed = request.reader.units(Action.MANAGE_POST)
    points = visible_points(reader=request.reader, on=today()).filter(commune__in=managed)
    return DayForm(request.POST or None, points=points, initial={"month": chosen}, auto_id="day_%s")


@require_POST
def plan(request: OfficerRequest) -> HttpResponse:
    """Plan one day, the same day everywhere, or deal the payments out: what the pressed button says."""
    require(request, Action.MANAGE_POST)
    act = request.POST.get("action")
    try:
        chosen = read_month(request.POST.get("month", ""))
    except ValueError as error:
        if act != "day":  # elsewhere the page itself says which month
            raise Http404 from error
        chosen = month_of(today())
    communes = managed_communes(reader=request.reader, on=chosen)
    try:
        if act == "lists":
            added = calendar.list_payments(month=chosen, communes=communes, at=timezone.now())
            messages.success(request, _("%(count)s payments were put on lists.") % {"count": added})
        elif act == "month" and (form := MonthPlanForm(request.POST)).is_valid():
            made = calendar.plan_month(communes=communes, month=chosen, **form.cleaned_data)
            messages.success(request, _("%(count)s pay days were planned.") % {"count": made})
        elif act == "day" and (day_form := _day_form(request, chosen)).is_valid():
            calendar.plan_day(**day_form.cleaned_data)
            messages.success(request, _("The pay day is planned."))
        else:
            refused = (
                _day_form(request, chosen) if act == "day" else MonthPlanForm(request.POST, auto_id="plan_%s")
            )
            return _month_page(request, chosen, overview.months(), refused)
    except PostalError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('post_month')}?month={chosen:%Y-%m}")


@require_http_methods(["GET", "POST"])
def day(request: OfficerRequest, day_id: int) -> HttpResponse:
    """One pay day: its lists, who supervises, what can be done."""
    found = the_day(request, day_id)
    if request.method == "POST":
        if not may_manage(request, found):
            require(request, Action.MANAGE_POST, found.point.commune_id)
        try:
            calendar.name_supervisor(
                day=found,
                supervisor=request.POST.get("supervisor", "")[:120],
                supervisor_title=request.POST.get("supervisor_title", "")[:120],
            )
        except PostalError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The supervisor is named."))
        return redirect("post_day", day_id=found.pk)
    lists = pay_lists(days=[found])
    context = {
        "day": found,
        "lists": lists,
        "people": sum(len(made.rows) for made in lists),
        "amount": sum(made.sums[3] for made in lists),
        "may_manage": may_manage(request, found),
        "may_pay": may_pay(request, found),
    }
    context |= marks_context(request, found, lists) | proof_context(request, found)
    return render(request, "postal/day.html", context)


@require_GET
def day_paper(request: OfficerRequest, day_id: int, batch_id: int, kind: str) -> HttpResponse:
    """One list of a pay day, as PDF or Excel: Vietnamese, whatever language its officer reads."""
    found = the_day(request, day_id)
    with translation.override("vi"):
        made = _list_of(pay_lists(days=[found]), batch_id)
    content = list_pdf(made) if kind == "pdf" else list_workbook(made)
    return attachment(content, name=file_name(made, kind), kind=PDF if kind == "pdf" else XLSX)


@require_GET
def changes_paper(request: OfficerRequest, batch_id: int, kind: str) -> HttpResponse:
    """The increase and decrease of a postal batch, as PDF or Excel."""
    require(request, Action.SEE_PAYMENTS)
    try:
        batch = find_batch(batch_id=batch_id, reader=request.reader)
    except Batch.DoesNotExist as error:
        raise Http404 from error
    if batch.channel != "post":
        raise Http404
    content = changes_pdf(batch) if kind == "pdf" else changes_workbook(batch)
    return attachment(content, name=f"tanggiam-{batch.pk}.{kind}", kind=PDF if kind == "pdf" else XLSX)


@require_POST
def ask_archive(request: OfficerRequest) -> HttpResponse:
    """Ask for all the papers of a commune and month."""
    try:
        chosen = parse_month(request.POST.get("month", ""))
        commune = Unit.objects.communes().get(pk=int(request.POST.get("commune", "")))
    except (ValueError, Unit.DoesNotExist) as error:
        raise Http404 from error
    if not request.reader.may(Action.SEE_PAYMENTS, commune.pk):
        raise Http404
    try:
        asked = archives.ask_archive(month=chosen, commune=commune, by=request.user, at=timezone.now())
    except PostalError as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('post_month')}?month={chosen:%Y-%m}")
    try:
        tasks.make_archive.apply_async((str(asked.pk),), retry=False)
    except OperationalError:
        archives.make_archive(archive_id=asked.pk, at=timezone.now)
    return redirect("post_archive", archive_id=asked.pk)


@require_GET
def archive(request: OfficerRequest, archive_id: uuid.UUID) -> HttpResponse:
    """How far the papers are; htmx asks for the progress alone."""
    found = _archive(request, archive_id)
    progress = {
        "url": reverse("post_archive", args=[found.pk]),
        "label": f"{found.commune.name}, {found.month:%m/%Y}",
        "done": found.done,
        "all": max(found.all, 1),
        "running": found.state == ArchiveState.WAITING,
        "error": _("The papers could not be made. Ask for them again.") if found.error else "",
    }
    if getattr(request, "htmx", False):
        answer = render(request, "postal/_archive_progress.html", {"progress": progress})
        if not progress["running"]:
            answer["HX-Refresh"] = "true"
        return answer
    return render(request, "postal/archive.html", {"archive": found, "progress": progress})


@require_GET
def archive_file(request: OfficerRequest, archive_id: uuid.UUID) -> HttpResponseBase:
    """The file itself, to whoever sees the commune's payments."""
    found = _archive(request, archive_id)
    path = archives.archive_path(found)
    if found.state != ArchiveState.READY or not path.is_file():
        raise Http404
    name = f"{found.commune.code}-{found.month:%Y%m}.zip"
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/zip")
    answer["Cache-Control"] = "no-store, private"
    return answer


def _archive(request: OfficerRequest, archive_id: uuid.UUID) -> ListArchive:
    communes = request.reader.units(Action.SEE_PAYMENTS)
    try:
        return ListArchive.objects.select_related("commune").get(pk=archive_id, commune__in=communes)
    except ListArchive.DoesNotExist as error:
        raise Http404 from error


def _list_of(lists: list[PayList], batch_id: int) -> PayList:
    for made in lists:
        if made.batch.pk == batch_id:
            return made
    raise Http404
