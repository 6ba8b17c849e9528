"""What needs a person: held messages, reports about accounts, differences from statements; and one list's way."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Action
from accounts.http import OfficerRequest, require
from areas.models import Level, Unit
from banks.models import AccountReport
from banks.operations.accounts import decide_report
from banks.operations.errors import BanksError
from banks.papers import Protocol, protocol_pdf
from banks.queries import province
from banks.queries.accounts import reports_waiting
from banks.queries.messages import held_messages
from banks.queries.reconciling import Account, accounts_of, class_words, exceptions, funds_of, sees_everything
from common.keyset import number_of
from common.months import month_of, parse_month
from payments.models import Batch, Cycle, CycleState, Message, StatementKind
from payments.operations.errors import PaymentsError
from payments.operations.explaining import Difference, explain_difference, take_difference
from payments.operations.outcomes import resolve_held
from payments.queries import batches as queries
from payments.queries import overview
from payments.queries.reconciliation import differences

SHOWN = 100


@require_GET
def quarantine(request: OfficerRequest) -> HttpResponse:
    """Messages held and reports that wait; each with what can be decided."""
    require(request, Action.ADMINISTER)
    context = {"held": held_messages()[:SHOWN], "reports": reports_waiting()[:SHOWN]}
    return render(request, "banks/quarantine.html", context)


@require_POST
def quarantine_act(request: OfficerRequest) -> HttpResponse:
    """Decide about one held message (dismiss, or take its sound part) or one report (take over, or not)."""
    action = request.POST.get("action", "")
    known = action in ("dismiss", "sound", "take", "refuse")
    number = number_of(request.POST.get("number", "")) if known else 0
    require(request, Action.ADMINISTER, code=bool(number))
    if not number:
        raise Http404
    now = timezone.now()
    try:
        if action in ("take", "refuse"):
            decide_report(report_id=number, take=action == "take", by=request.user, at=now)
            messages.success(request, _("Decided."))
        else:
            text = request.POST.get("text", "")
            receipt = resolve_held(
                message=number, by=request.user, at=now, resolution=text, take_sound=action == "sound"
            )
            applied = receipt.applied if receipt else 0
            messages.success(request, _("Decided; %(n)s results took effect.") % {"n": applied})
    except (Message.DoesNotExist, AccountReport.DoesNotExist) as error:
        raise Http404 from error
    except (PaymentsError, BanksError) as error:
        messages.error(request, str(error))
    return redirect("bank_quarantine")


@require_GET
def reconcile(request: OfficerRequest) -> HttpResponse:
    """A month's books against the statements: where the money is, the five classes, the proof, each difference."""
    require(request, Action.SEE_PAYMENTS)
    month = _month(request)
    scope: dict[str, Any] = {"month": month, "reader": request.reader}
    open_cycle = Cycle.objects.filter(pk=month, state=CycleState.OPEN).exists()
    accounts = accounts_of(**scope)
    differ = any(kind != "matched" for account in accounts for kind in account.classes)
    context = {
        "month": month,
        "months": overview.months(),
        "funds": funds_of(**scope),
        "accounts": [
            {
                "account": account,
                "classes": [(label, account.classes[kind]) for kind, label in class_words().items()
                            if kind in account.classes],
            }
            for account in accounts
        ],
        "proving": sees_everything(request.reader),
        "rows": [
            row | {"kind_label": StatementKind(row["kind"]).label}
            for row in (exceptions(**scope, limit=SHOWN) if differ else [])
        ],
        "may_explain": open_cycle and request.reader.may(Action.FUND) | request.reader.may(Action.ADMINISTER),
        "printed_at": timezone.now(),
    }  # fmt: skip
    return render(request, "banks/reconciliation.html", context)


@require_GET
def protocol(request: OfficerRequest, code: str) -> HttpResponse:
    """The protocol of a month's reconciliation with one provider, as PDF."""
    require(request, Action.SEE_PAYMENTS)
    scope: dict[str, Any] = {"month": _month(request), "reader": request.reader, "provider": code}
    accounts, money = accounts_of(**scope), funds_of(**scope)
    unit = Unit.objects.filter(pk__in=request.reader.units(Action.SEE_PAYMENTS)).select_related("parent")
    top = min(
        unit, key=lambda one: (list(Level).index(Level(one.level)), -one.valid_from.toordinal()), default=None
    )
    if not money or top is None:
        raise Http404
    account = accounts[0] if accounts else Account(code, money[0].name)
    paper = protocol_pdf(Protocol(top, scope["month"], money[0], account, exceptions(**scope)))
    name = f"doi-soat-{code}-{scope['month']:%Y-%m}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(paper, content_type="application/pdf", headers=headers)


def _month(request: OfficerRequest) -> date:
    try:
        return parse_month(request.GET.get("month", ""))
    except ValueError:
        months = overview.months()
        return months[0] if months else month_of(timezone.localdate())


@require_POST
def reconcile_act(request: OfficerRequest) -> HttpResponse:
    """Take a difference over, or say what was found."""
    if not request.reader.may(Action.ADMINISTER):
        require(request, Action.FUND)
    try:
        month = parse_month(request.POST.get("month", ""))
    except ValueError as error:
        raise Http404 from error
    key = tuple(request.POST.get(name, "") for name in ("provider", "reference", "kind", "class"))
    seen = differences(month=month, reader=request.reader, limit=100_000)
    if key not in {(row["provider_id"], row["reference"], row["kind"], row["class"]) for row in seen}:
        raise Http404
    which = Difference(month, *key)
    try:
        if request.POST.get("action") == "explain":
            explain_difference(
                which=which, text=request.POST.get("text", ""), by=request.user, at=timezone.now()
            )
        else:
            take_difference(which=which, by=request.user)
        messages.success(request, _("Saved."))
    except PaymentsError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('reconciliation')}?month={month:%Y-%m}")


@require_GET
def timeline(request: OfficerRequest, batch_id: int) -> HttpResponse:
    """One list at its bank: each step, what the bank was told, stop orders, what did not arrive and why."""
    require(request, Action.SEE_PAYMENTS)
    try:
        found = queries.find_batch(batch_id=batch_id, reader=request.reader)
    except Batch.DoesNotExist as error:
        raise Http404 from error
    events = [
        {"at": event.at, "by": str(event.by or ""), "text": event.to_state, "reason": event.reason}
        for event in found.events.select_related("by").order_by("-pk")
    ]
    labels = dict(Batch._meta.get_field("state").flatchoices)
    for event in events:
        event["text"] = str(labels.get(event["text"], event["text"])).capitalize()
    context = {
        "batch": found,
        "events": events,
        "notices": province.notices_about(batch=found),
        "stops": province.stop_orders(batch=found),
        "failures": province.failures(batch=found),
    }
    return render(request, "banks/timeline.html", context)
