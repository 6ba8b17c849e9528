"""The import desk: a roll uploaded in the browser, checked, looked at, applied; and rolls taken out."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Action
from accounts.http import OfficerRequest, require
from beneficiaries.roll.columns import HEADERS
from beneficiaries.roll.lookups import WORDINGS
from beneficiaries.roll.problem import Problem
from beneficiaries.roll.refused import write_refused
from beneficiaries.roll.sheets import SheetTitles
from beneficiaries.roll.table import UnreadableFile
from beneficiaries.roll.writing import write_template
from common.months import read_month
from common.workbooks import XLSX
from desk import tasks
from desk.models import RollUpload, UploadState
from desk.operations import rolls
from desk.operations.rolls import UploadRefused

_RING_AGAIN = timedelta(seconds=20)
_SHOWN = 100
_RUNNING = (UploadState.WAITING, UploadState.TO_APPLY)
_SEXES = {"male": gettext_lazy("Male"), "female": gettext_lazy("Female")}


class UploadForm(forms.Form):
    """The file, and until which month its people were paid elsewhere where the rows do not say."""

    file = forms.FileField(
        label=gettext_lazy("Excel or CSV file"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
    )
    paid_through = forms.CharField(
        label=gettext_lazy("Paid elsewhere through month"),
        required=False,
        help_text=gettext_lazy("For rows that do not say; such as 12/2024."),
        max_length=10,
    )

    def clean_paid_through(self) -> date | None:
        written = self.cleaned_data["paid_through"]
        try:
            return read_month(written) if written else None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


@require_http_methods(["GET", "POST"])
def roll_uploads(request: OfficerRequest) -> HttpResponse:
    """The upload form and the officer's uploads."""
    require(request, Action.MAKE_LISTS)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = rolls.keep(
                file=file,
                name=file.name or "",
                size=file.size or 0,
                paid_through=form.cleaned_data["paid_through"],
                by=request.user,
                at=timezone.now(),
            )
        except (UploadRefused, UnreadableFile) as error:
            form.add_error("file", str(error))
        else:
            _ring(request, made, apply=False)
            return redirect("roll_upload", made.pk)
    mine = RollUpload.objects.filter(by=request.user).order_by("-pk").defer("report")[:20]
    context = {"form": form, "uploads": mine, "most": settings.UPLOAD_MAX_BYTES >> 20}
    return render(request, "desk/roll_uploads.html", context, status=422 if form.errors else 200)


@require_GET
def roll_upload(request: OfficerRequest, upload_id: int) -> HttpResponse:
    """What one upload would do, or did."""
    upload = _find(request, upload_id)
    report = rolls.report_of(upload)
    differences: dict[tuple[str, int, str], list[dict[str, str]]] = defaultdict(list)
    for found in report.get("differences", []):
        where = (found["sheet"], found["row"], found["name"])
        differences[where].append(
            {
                "field": HEADERS.get(found["field"], found["field"]),
                "before": _word(found["before"]),
                "after": _word(found["after"]),
            }
        )
    context = {
        "upload": upload,
        "running": upload.state in _RUNNING,
        "message": report.get("message", ""),
        "differences": [
            {"sheet": sheet, "row": row, "name": name, "fields": fields}
            for (sheet, row, name), fields in islice(differences.items(), _SHOWN)
        ],
        "errors": report.get("errors", [])[:_SHOWN],
        "warnings": report.get("warnings", [])[:_SHOWN],
        "conversions": report.get("conversions", []),
        "has_refused": bool(report.get("errors")) and rolls.file_of(upload).exists(),
        "may_apply": upload.state == UploadState.CHECKED and upload.new + upload.changed > 0,
        "may_discard": upload.state in (UploadState.CHECKED, UploadState.WAITING),
        "kept_until": upload.at + rolls.KEPT,
    }
    return render(request, "desk/roll_upload.html", context)


@require_GET
def roll_progress(request: OfficerRequest, upload_id: int) -> HttpResponse:
    """How far it is; where no worker has said anything for a while, one is asked again."""
    upload = _find(request, upload_id)
    running = upload.state in _RUNNING
    if running and timezone.now() - upload.seen_at > _RING_AGAIN:
        RollUpload.objects.filter(pk=upload.pk).update(seen_at=timezone.now())
        tasks.ring(upload_id=upload.pk, apply=upload.state == UploadState.TO_APPLY)
    answer = render(request, "desk/_roll_progress.html", {"upload": upload, "running": running})
    if not running:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def roll_apply(request: OfficerRequest, upload_id: int) -> HttpResponse:
    upload = _find(request, upload_id)
    try:
        rolls.ask_to_apply(upload=upload, by=request.user)
    except UploadRefused as error:
        messages.error(request, str(error))
    else:
        _ring(request, upload, apply=True)
    return redirect("roll_upload", upload.pk)


@require_POST
def roll_discard(request: OfficerRequest, upload_id: int) -> HttpResponse:
    try:
        rolls.discard(upload=_find(request, upload_id), at=timezone.now())
    except UploadRefused as error:
        messages.error(request, str(error))
    return redirect("roll_uploads")


@require_GET
def roll_refused(request: OfficerRequest, upload_id: int) -> FileResponse:
    """The refused rows as a workbook, the reason in the row."""
    upload = _find(request, upload_id)
    report = rolls.report_of(upload)
    if not report.get("errors") or not rolls.file_of(upload).exists():
        raise Http404
    sheets = {
        name: SheetTitles(sheet["row"], {int(place): title for place, title in sheet["titles"].items()})
        for name, sheet in report["sheets"].items()
    }
    made = tempfile.TemporaryFile()  # noqa: SIM115 the answer closes it
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "refused.xlsx"
        errors = (Problem(**problem) for problem in report["errors"])
        write_refused(path, source=rolls.file_of(upload), errors=errors, sheets=sheets)
        made.write(path.read_bytes())
    made.seek(0)
    name = f"{Path(upload.name).stem} - {_('refused rows')}.xlsx"
    return FileResponse(made, as_attachment=True, filename=name, content_type=XLSX)


@require_GET
def roll_template(request: OfficerRequest) -> FileResponse:
    """The empty roll, with the codes and names in use today."""
    require(request, Action.MAKE_LISTS)
    made = tempfile.TemporaryFile()  # noqa: SIM115 the answer closes it
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path, on=timezone.localdate())
        made.write(path.read_bytes())
    made.seek(0)
    return FileResponse(made, as_attachment=True, filename="mau-danh-sach.xlsx", content_type=XLSX)


def _find(request: OfficerRequest, upload_id: int) -> RollUpload:
    """An upload of this officer's own; nobody else's exists."""
    require(request, Action.MAKE_LISTS)
    try:
        return RollUpload.objects.get(pk=upload_id, by=request.user)
    except RollUpload.DoesNotExist as error:
        raise Http404 from error


def _ring(request: OfficerRequest, upload: RollUpload, *, apply: bool) -> None:
    if not tasks.ring(upload_id=upload.pk, apply=apply):
        messages.warning(
            request, _("The server that reads rolls does not answer; the roll is read as soon as it is back.")
        )


def _word(text: str) -> str:
    return str(_SEXES.get(text) or WORDINGS.get(text, text))
