"""Pages after the pay days: results in, settlement, questions to the communes, service and alerts."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Action
from accounts.http import OfficerRequest, page_context, place_of, require
from common.forms import faults_of
from common.keyset import keyset_page
from common.months import month_of, parse_month
from payments.models import Batch
from payments.operations.batches import acknowledge
from payments.operations.cash import return_cash
from payments.operations.errors import PaymentsError
from payments.queries import overview
from payments.queries.batches import find_batch
from payments.transitions import BatchState
from postal import words
from postal.forms import CashReturnForm, ReceivedForm, UploadForm
from postal.models import Notice
from postal.operations import results
from postal.operations import settlement as operations
from postal.operations.errors import PostalError
from postal.operations.results import Upload
from postal.papers.settlement import settlement_pdf
from postal.queries import service as service_queries
from postal.queries.settlement import open_notices, postal_results, settlement
from postal.views.common import PDF, attachment, say_faults, today

ERRORS_SHOWN = 200


def _month(request: OfficerRequest) -> tuple[date, list[date]]:
    months = overview.months()
    try:
        chosen = parse_month(request.GET.get("month", ""))
    except ValueError:
        chosen = months[0] if months else month_of(today())
    return chosen, months if chosen in months else [chosen, *months]


@require_GET
def settlements(request: OfficerRequest) -> HttpResponse:
    """The month's lists of the Post, and the upload of its results and statement."""
    require(request, Action.SEE_PAYMENTS)
    chosen, months = _month(request)
    context = {
        "month": chosen,
        "months": months,
        "batches": postal_results(month=chosen, reader=request.reader),
        "upload_form": UploadForm(initial={"month": chosen}),
        "manages": request.reader.may(Action.MANAGE_POST),
    }
    return render(request, "postal/settlements.html", context)


@require_POST
def upload(request: OfficerRequest) -> HttpResponse:
    """Take a file from the Post's own system; bad rows are named one by one."""
    require(request, Action.MANAGE_POST)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        say_faults(request, form)
        return redirect("post_settlements")
    chosen, file = form.cleaned_data["month"], form.cleaned_data["file"]
    units = request.reader.units(Action.MANAGE_POST)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        try:
            if form.cleaned_data["kind"] == "statement":
                name = f"BD-{form.cleaned_data['name'] or file.name}"[:80]
                found = results.upload_statement(path=path, month=chosen, name=name, units=units)
            else:
                found = results.upload_results(path=path, units=units, by=request.user, at=timezone.now())
        except PostalError as error:
            messages.error(request, str(error))
            return redirect(f"{reverse('post_settlements')}?month={chosen:%Y-%m}")
    return render(request, "postal/upload.html", _upload_context(found, chosen))


def _upload_context(found: Upload, chosen: date) -> dict[str, Any]:
    return {
        "month": chosen,
        "found": found,
        "errors": found.errors[:ERRORS_SHOWN],
        "more": max(len(found.errors) - ERRORS_SHOWN, 0),
    }


@require_GET
def settlement_page(request: OfficerRequest, batch_id: int) -> HttpResponse:
    """The settlement of one list: figures, cost, cash held, and the Post's statement beside our books."""
    batch = _batch(request, batch_id)
    found = settlement(batch=batch)
    context = {
        "batch": batch,
        "found": found,
        "received_form": (
            ReceivedForm()
            if batch.state == BatchState.RELEASED and request.reader.may(Action.MANAGE_POST, batch.unit_id)
            else None
        ),
        "may_settle": batch.state == BatchState.ACKNOWLEDGED
        and request.reader.may(Action.FUND, batch.unit_id),
        "return_form": (
            CashReturnForm(initial={"amount": found.held, "money_year": batch.round.cycle_id.year})
            if found.held and request.reader.may(Action.FUND, batch.unit_id)
            else None
        ),
    }
    return render(request, "postal/settlement.html", context)


@require_GET
def settlement_paper(request: OfficerRequest, batch_id: int) -> HttpResponse:
    """The settlement report to sign."""
    batch = _batch(request, batch_id)
    content = settlement_pdf(settlement(batch=batch))
    return attachment(content, name=f"thanhtoan-{batch.pk}.pdf", kind=PDF)


@require_POST
def settle(request: OfficerRequest, batch_id: int) -> HttpResponse:
    """Record the Post's receipt, settle the list, or record what was given back: what the button says."""
    batch = _batch(request, batch_id)
    acts: dict[str, tuple[Action, Callable[[OfficerRequest, Batch], str]]] = {
        "settle": (Action.FUND, _settle),
        "return": (Action.FUND, _return),
        "acknowledge": (Action.MANAGE_POST, _acknowledge),
    }
    step = acts.get(request.POST.get("action", ""))
    if step is None:
        raise Http404
    action, act = step
    require(request, action, batch.unit_id)
    try:
        messages.success(request, act(request, batch))
    except (PostalError, PaymentsError) as error:
        messages.error(request, str(error))
    return redirect("post_settlement", batch_id=batch.pk)


def _acknowledge(request: OfficerRequest, batch: Batch) -> str:
    """The Post's letter names count and sum of the list that it received; both must be ours."""
    form = ReceivedForm(request.POST)
    if not form.is_valid():
        raise PostalError(faults_of(form))
    acknowledge(batch_id=batch.pk, by=request.user, at=timezone.now(), **form.cleaned_data)
    return _("The Post has received the list.")


def _settle(request: OfficerRequest, batch: Batch) -> str:
    count = operations.settle_batch(batch_id=batch.pk, by=request.user, at=timezone.now())
    return _("Settled. %(count)s payments were not collected and come with the next list.") % {"count": count}


def _return(request: OfficerRequest, batch: Batch) -> str:
    form = CashReturnForm(request.POST)
    if not form.is_valid():
        raise PostalError(faults_of(form))
    made = return_cash(
        provider=batch.provider, unit=batch.unit, scheme=batch.scheme, by=request.user, at=timezone.now(),
        **form.cleaned_data,
    )  # fmt: skip
    return _("The return is recorded: %(goes)s.") % {"goes": made.get_returned_to_display()}


@require_GET
def notices(request: OfficerRequest) -> HttpResponse:
    """What the communes are asked about people at the Post."""
    require(request, Action.SEE_PEOPLE)
    found = keyset_page(open_notices(reader=request.reader), key="opened_at", place=place_of(request.GET))
    rows = [
        {"notice": notice, "todo": words.NOTICES[notice.kind, notice.scheme],
         "may_answer": request.reader.may(Action.ANSWER_POST, notice.commune_id)}
        for notice in found.rows
    ]  # fmt: skip
    return render(request, "postal/notices.html", {"page": page_context(found, rows, request.GET)})


@require_POST
def answer_notice(request: OfficerRequest, notice_id: int) -> HttpResponse:
    """The commune's answer, in words."""
    require(request, Action.SEE_PEOPLE)
    try:
        found = open_notices(reader=request.reader).get(pk=notice_id)
    except Notice.DoesNotExist as error:
        raise Http404 from error
    require(request, Action.ANSWER_POST, found.commune_id)
    try:
        operations.answer_notice(
            notice=found, answer=request.POST.get("answer", ""), by=request.user, at=timezone.now()
        )
    except PostalError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The answer is kept."))
    return redirect("post_notices")


@require_GET
def service(request: OfficerRequest) -> HttpResponse:
    """How well the Post delivers, by unit and point, and what does not look right."""
    require(request, Action.SEE_PAYMENTS)
    chosen, months = _month(request)
    points = service_queries.service(month=chosen, reader=request.reader)
    found = service_queries.alerts(month=chosen, reader=request.reader)
    context = {
        "month": chosen,
        "months": months,
        "points": sorted(points, key=lambda point: (not point.below, point.rate)),
        "units": service_queries.by_unit(points),
        "below": sum(point.below for point in points),
        "alerts": [row | {"label": words.ALERTS[row["kind"]]} for row in found[:ERRORS_SHOWN]],
    }
    return render(request, "postal/service.html", context)


def _batch(request: OfficerRequest, batch_id: int) -> Batch:
    require(request, Action.SEE_PAYMENTS)
    try:
        batch = find_batch(batch_id=batch_id, reader=request.reader)
    except Batch.DoesNotExist as error:
        raise Http404 from error
    if batch.channel != "post":
        raise Http404
    return batch
