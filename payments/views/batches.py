"""Pages of batches: the list, one batch with what changed, who is on it, and each step with its consequence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Action
from accounts.http import OfficerRequest, page_context, place_of, require
from common.forms import faults_of
from common.keyset import number_of
from common.months import month_of, parse_month
from payments import words
from payments.forms import BatchFilterForm, VoucherForm
from payments.models import Batch
from payments.operations import batches as operations
from payments.operations.batches import Voucher
from payments.operations.errors import MoveRefused, PaymentsError
from payments.queries import batches as queries
from payments.queries import overview
from payments.queries.budget import budget_line
from payments.transitions import BatchState
from payments.views import batch_page
from payments.views.steps import TOGETHER, batch_actions, batch_steps, keep_refused, together

PEOPLE_SHOWN = 500
REFUSALS_SHOWN = 5


@require_GET
def batch_list(request: OfficerRequest) -> HttpResponse:
    """The batches of a month, filtered, by unit."""
    require(request, Action.SEE_PAYMENTS)
    months = overview.months()
    try:
        month = parse_month(request.GET.get("month", ""))
    except ValueError:
        month = months[0] if months else month_of(timezone.localdate())
    scope: dict[str, Any] = {"reader": request.reader, "month": month}
    form = BatchFilterForm(
        request.GET, units=queries.units_paid(**scope), providers=queries.providers_paid(**scope)
    )
    found = queries.batches_of(**scope, **form.chosen())
    page = queries.batch_page(batches=found, place=place_of(request.GET))
    context = {
        "month": month,
        "months": months,
        "form": form,
        "summary": queries.batch_sums(found),
        "page": page_context(page, [batch_page.batch_row(batch) for batch in page.rows], request.GET),
        "query": request.GET.urlencode(),
        "together": together(page.rows, request.reader),
    }
    return render(request, "payments/batch_list.html", context)


@require_POST
def batches_act(request: OfficerRequest) -> HttpResponse:
    """Take one step for all the batches named, each by itself; what is refused stays as it is and is named."""
    name = request.POST.get("action", "")
    if name not in TOGETHER:
        raise Http404
    action, act = _STEPS[name]
    require(request, action, code=name in PROVED_STEPS)
    found = [_find(request, number_of(batch_id)) for batch_id in request.POST.getlist("batch")]
    for one in found:  # before the first is changed: the page of a refusal says that nothing was
        require(request, action, one.unit_id, code=False)
    done, refused = 0, []
    for one in found:
        try:
            act(request, one)
            done += 1
        except PaymentsError as error:
            refused.append(f"{one}: {error}")
    if done:
        messages.success(request, TOGETHER[name].done % {"n": done})
    for refusal in refused[:REFUSALS_SHOWN]:
        messages.error(request, refusal)
    if len(refused) > REFUSALS_SHOWN:
        messages.error(request, _("%(n)s more were refused.") % {"n": len(refused) - REFUSALS_SHOWN})
    back = QueryDict(request.POST.get("query", ""), mutable=True)
    for gone in ("state", "after", "before"):  # the batches are no longer there
        back.pop(gone, None)
    return redirect(f"{reverse('batches')}?{back.urlencode()}")


@require_GET
def batch(request: OfficerRequest, batch_id: int) -> HttpResponse:
    """One batch: what is about to be paid, what changed, who is on it."""
    found = _find(request, batch_id)
    standing, checks = queries.standing(batch=found), batch_page.checks_of(found)
    if request.GET.get("after") or request.GET.get("before"):  # further pages hold the list alone
        context = {"batch": batch_page.batch_facts(found, standing), "continued": True}
        context |= batch_page.people(request, found, checks)
        return render(request, "payments/batch_detail.html", context)
    events = queries.batch_events(batch=found)
    context = {
        "batch": batch_page.batch_facts(found, standing),
        "steps": batch_steps(found, events),
        "checks": batch_page.checks_shown(found, checks),
        "check_count": len({payment for payments in checks.values() for payment in payments}),
        "outcomes": batch_page.outcomes(standing) if set(standing.outcomes) - {""} else [],
        "events": [batch_page.event_row(event) for event in events],
        "audits": request.reader.may(Action.SEE_AUDIT, found.unit_id),
    }
    context |= batch_page.people(request, found, checks)
    return render(request, "payments/batch_detail.html", context | batch_actions(request, found, standing))


@require_GET
def batch_changes(request: OfficerRequest, batch_id: int) -> HttpResponse:
    """The part of the page that takes longer: what changed since the month before, and what the budget line holds."""
    found = _find(request, batch_id)
    before = queries.month_before(batch=found)
    context = {
        "batch": batch_page.batch_facts(found, queries.standing(batch=found)),
        "before": before,
        "budget": budget_line(batch=found) if found.state in BatchState.unreleased() else None,
    }
    context |= batch_page.changes_since(found, before) if before else {}
    return render(request, "payments/_batch_changes.html", context)


@require_POST
def batch_act(request: OfficerRequest, batch_id: int) -> HttpResponse:
    """Carry out one button of the batch's page; a refusal of the engine becomes a message."""
    found = _find(request, batch_id)
    step = _STEPS.get(request.POST.get("action", ""))
    if step is None:
        raise Http404
    action, act = step
    require(request, action, found.unit_id, code=request.POST["action"] in PROVED_STEPS)
    try:
        messages.success(request, act(request, found))
    except PaymentsError as error:
        messages.error(request, str(error))
        if action == Action.FUND and found.state == BatchState.APPROVED:
            keep_refused(request, found)
    return redirect("batch", batch_id=found.pk)


@require_GET
def batch_print(request: OfficerRequest, batch_id: int) -> HttpResponse:
    """The whole list on one page, to print: everybody who is paid, in order of name."""
    found = _find(request, batch_id)
    payments, payees = queries.whole_list(batch=found)
    rows = [batch_page.payment_row(payment, payees.get(payment.person_id, [])) for payment in payments]
    return render(request, "payments/batch_print.html", {
        "batch": batch_page.batch_facts(found, queries.standing(batch=found)), "rows": rows,
    })  # fmt: skip


@require_GET
def batch_change(request: OfficerRequest, batch_id: int, key: str) -> HttpResponse:
    """The people behind one line of what changed."""
    found = _find(request, batch_id)
    before = queries.month_before(batch=found)
    if before is None or key not in words.CHANGES:
        raise Http404
    rows = queries.change_people(batch=found, before=before, key=key, limit=PEOPLE_SHOWN + 1)
    context = {
        "batch": found,
        "label": words.CHANGES[key],
        "last_month": before.cycle.month,
        "rows": [
            row | {"why": batch_page.why(key, row["reason"], row["detail"])} for row in rows[:PEOPLE_SHOWN]
        ],
        "shown": PEOPLE_SHOWN if len(rows) > PEOPLE_SHOWN else 0,
    }
    return render(request, "payments/batch_change.html", context)


def _submit(request: OfficerRequest, found: Batch) -> str:
    operations.submit(batch_id=found.pk, by=request.user, at=timezone.now())
    return _("Submitted. Another officer approves the list.")


def _approve(request: OfficerRequest, found: Batch) -> str:
    try:
        expected = int(request.POST["count"]), int(request.POST["amount"])
    except (KeyError, ValueError) as error:
        raise Http404 from error
    operations.approve(batch_id=found.pk, by=request.user, at=timezone.now(), expected=expected)
    return _("Approved. The list waits for the Treasury voucher.")


def _send_back(request: OfficerRequest, found: Batch) -> str:
    reason = request.POST.get("reason", "")[:300]
    operations.send_back(batch_id=found.pk, by=request.user, at=timezone.now(), reason=reason)
    return _("Sent back to its preparer.")


def _cancel(request: OfficerRequest, found: Batch) -> str:
    if found.state != BatchState.DRAFT:
        raise MoveRefused(_("Only a draft is cancelled here; a submitted list is sent back first."))
    reason = request.POST.get("reason", "")[:300]
    operations.cancel(batch_id=found.pk, by=request.user, at=timezone.now(), reason=reason)
    return _("The list is cancelled; its people are reckoned again in the next list.")


def _fund(request: OfficerRequest, found: Batch) -> str:
    form = VoucherForm(request.POST)
    if not form.is_valid():
        faults = faults_of(form)
        raise PaymentsError(faults)
    filled = form.cleaned_data
    voucher = Voucher(number=filled["number"], date=filled["date"], amount=filled["amount"])
    operations.fund(
        batch_id=found.pk, voucher=voucher, held=filled["held"], by=request.user, at=timezone.now()
    )
    return _("The voucher is recorded. The list can be released.")


def _release(request: OfficerRequest, found: Batch) -> str:
    operations.release(batch_id=found.pk, by=request.user, at=timezone.now())
    return _("Released to %(provider)s.") % {"provider": found.provider}


def _recall(request: OfficerRequest, found: Batch) -> str:
    reason = request.POST.get("reason", "")[:300]
    operations.recall(batch_id=found.pk, by=request.user, at=timezone.now(), reason=reason)
    return _("Recalled from %(provider)s. The list can be released again.") % {"provider": found.provider}


def _settle(request: OfficerRequest, found: Batch) -> str:
    operations.settle(batch_id=found.pk, by=request.user, at=timezone.now())
    return _("The settlement is signed.")


_STEPS: dict[str, tuple[Action, Callable[[OfficerRequest, Batch], str]]] = {
    "submit": (Action.SUBMIT, _submit),
    "cancel": (Action.SUBMIT, _cancel),
    "approve": (Action.APPROVE, _approve),
    "send_back": (Action.APPROVE, _send_back),
    "fund": (Action.FUND, _fund),
    "release": (Action.RELEASE, _release),
    "recall": (Action.RELEASE, _recall),
    "settle": (Action.FUND, _settle),
}


# The steps that set money moving; sending back and recalling only stop it.
PROVED_STEPS = ("approve", "release")


def _find(request: OfficerRequest, batch_id: int) -> Batch:
    require(request, Action.SEE_PAYMENTS)
    try:
        return queries.find_batch(batch_id=batch_id, reader=request.reader)
    except Batch.DoesNotExist as error:
        raise Http404 from error
