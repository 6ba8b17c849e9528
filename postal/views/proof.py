"""Proof of a pay day: scans, minutes, calls, and the Post's answers to stop orders."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Action
from accounts.http import OfficerRequest
from common.forms import faults_of
from common.keyset import number_of
from payments.models import StopOrder
from postal.forms import MinutesForm
from postal.models import CallBack, CallResult, Minutes, PayDay, Scan
from postal.operations import proof as operations
from postal.operations.errors import PostalError
from postal.operations.settlement import answer_stop_order
from postal.queries.settlement import waiting_stops
from postal.views.common import may_manage, may_pay, the_day

TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}


def proof_context(request: OfficerRequest, day: PayDay) -> dict[str, Any]:
    """What postal/_proof.html takes."""
    supervises = _supervises(request, day)
    return {
        "scans": Scan.objects.filter(pay_day=day).select_related("by").order_by("at"),
        "minutes": Minutes.objects.filter(pay_day=day).select_related("by").first(),
        "minutes_form": MinutesForm() if supervises else None,
        "calls": (
            CallBack.objects.filter(payment__listing__pay_day=day).select_related("payment__person", "by")
            if supervises
            else []
        ),
        "call_results": CallResult.choices,
        "supervises": supervises,
        "stops": waiting_stops(day=day),
    }


@require_POST
def act(request: OfficerRequest, day_id: int) -> HttpResponse:
    """Keep a scan, write the minutes, draw or record calls, answer a stop order: what the pressed button says."""
    day = the_day(request, day_id)
    acts = {"scan": _scan, "minutes": _minutes, "draw": _draw, "call": _call, "stop": _stop}
    step = acts.get(request.POST.get("action", ""))
    if step is None:
        raise Http404
    try:
        messages.success(request, step(request, day))
    except PostalError as error:
        messages.error(request, str(error))
    return redirect("post_day", day_id=day.pk)


@require_GET
def scan_file(request: OfficerRequest, day_id: int, scan_id: uuid.UUID) -> HttpResponseBase:
    """The scan itself, to whoever sees the pay day."""
    day = the_day(request, day_id)
    scan = Scan.objects.filter(pk=scan_id, pay_day=day).first()
    if scan is None or not operations.scan_path(scan).is_file():
        raise Http404
    answer = FileResponse(
        operations.scan_path(scan).open("rb"), as_attachment=True, content_type=TYPES[scan.kind],
        filename=f"ky-nhan-{day.pk}.{scan.kind}",
    )  # fmt: skip
    answer["Cache-Control"] = "no-store, private"
    return answer


def _scan(request: OfficerRequest, day: PayDay) -> str:
    if not (may_pay(request, day) or may_manage(request, day)):
        raise PermissionDenied
    file = request.FILES.get("file")
    signed = request.POST.get("signed", "")
    if file is None or not (signed.isascii() and signed.isdigit() and len(signed) < 7):
        raise PostalError(_("Choose the file and count the signatures on it."))
    if file.size is None or file.size > operations.MAX_BYTES:
        raise PostalError(_("A scan is a PDF, JPEG or PNG file of at most 20 MB."))
    operations.keep_scan(day=day, content=file.read(), signed=int(signed), by=request.user, at=timezone.now())
    return _("The scan is kept.")


def _minutes(request: OfficerRequest, day: PayDay) -> str:
    _refuse_all_but_supervisors(request, day)
    form = MinutesForm(request.POST)
    if not form.is_valid():
        raise PostalError(faults_of(form))
    operations.write_minutes(day=day, by=request.user, at=timezone.now(), **form.cleaned_data)
    return _("The minutes are kept.")


def _draw(request: OfficerRequest, day: PayDay) -> str:
    _refuse_all_but_supervisors(request, day)
    count = operations.draw_calls(day=day, at=timezone.now())
    return _("%(count)s people were drawn to be called.") % {"count": count}


def _call(request: OfficerRequest, day: PayDay) -> str:
    _refuse_all_but_supervisors(request, day)
    call = CallBack.objects.filter(
        pk=number_of(request.POST.get("call", "")), payment__listing__pay_day=day
    ).first()
    if call is None:
        raise Http404
    operations.record_call(
        call=call, result=request.POST.get("result", ""), note=request.POST.get("note", ""), by=request.user,
        at=timezone.now(),
    )  # fmt: skip
    return _("The call is recorded.")


def _stop(request: OfficerRequest, day: PayDay) -> str:
    if not (may_pay(request, day) or may_manage(request, day)):
        raise PermissionDenied
    order = StopOrder.objects.filter(
        pk=number_of(request.POST.get("stop", "")), payment__listing__pay_day=day
    ).first()
    if order is None:
        raise Http404
    stopped = request.POST.get("answer") == "stopped"
    answer_stop_order(stop_id=order.pk, stopped=stopped, note="", at=timezone.now())
    return _("The payment is stopped.") if stopped else _("Recorded: the order came too late.")


def _supervises(request: OfficerRequest, day: PayDay) -> bool:
    """Officers of the commune or of its paying unit, never the clerk."""
    commune = day.point.commune_id
    return may_manage(request, day) or request.reader.may(Action.ANSWER_POST, commune)


def _refuse_all_but_supervisors(request: OfficerRequest, day: PayDay) -> None:
    if not _supervises(request, day):
        raise PermissionDenied
