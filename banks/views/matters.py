"""What needs a person: held messages, reports about accounts, differences from statements; and one list's way."""

from __future__ import annotations

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
from banks.models import AccountReport
from banks.operations.accounts import decide_report
from banks.operations.errors import BanksError
from banks.queries import province
from banks.queries.accounts import reports_waiting
from banks.queries.messages import held_messages
from common.months import month_of, parse_month
from payments.models import Batch, Cycle, CycleState, Message, StatementKind
from payments.operations.errors import PaymentsError
from payments.operations.explaining import Difference, explain_difference, take_difference
from payments.operations.outcomes import resolve_held
from payments.queries import batches as queries
from payments.queries import overview
from payments.queries.reconciliation import differences, reconciliation

SHOWN = 100
CLASSES = ("matched", "missing", "unexpected", "amount", "duplicate")


def class_words() -> dict[str, str]:
    """The five classes of the reconciliation in words."""
    words = (_("matched"), _("missing from the statement"), _("unexpected on the statement"), _("amount differs"),
             _("twice on the statement"))  # fmt: skip
    return dict(zip(CLASSES, words, strict=True))


@require_GET
def quarantine(request: OfficerRequest) -> HttpResponse:
    """Messages held and reports that wait; each with what can be decided."""
    require(request, Action.ADMINISTER)
    context = {"held": held_messages()[:SHOWN], "reports": reports_waiting()[:SHOWN]}
    return render(request, "banks/quarantine.html", context)


@require_POST
def quarantine_act(request: OfficerRequest) -> HttpResponse:
    """Decide about one held message (dismiss, or take its sound part) or one report (take over, or not)."""
    require(request, Action.ADMINISTER)
    action, number = request.POST.get("action", ""), request.POST.get("number", "")
    if action not in ("dismiss", "sound", "take", "refuse") or not (number.isascii() and number.isdigit()):
        raise Http404
    now = timezone.now()
    try:
        if action in ("take", "refuse"):
            decide_report(report_id=int(number), take=action == "take", by=request.user, at=now)
            messages.success(request, _("Decided."))
        else:
            text = request.POST.get("text", "")
            receipt = resolve_held(
                message=int(number), by=request.user, at=now, resolution=text, take_sound=action == "sound"
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
    """A month's books against the statements: where the money is, the five classes, each difference."""
    require(request, Action.SEE_PAYMENTS)
    months = overview.months()
    try:
        month = parse_month(request.GET.get("month", ""))
    except ValueError:
        month = months[0] if months else month_of(timezone.localdate())
    units = request.reader.units(Action.SEE_PAYMENTS)
    words = class_words()
    sums: dict[tuple[str, str], dict[str, Any]] = {}
    for row in reconciliation(month=month):
        if row["unit"] in units or (row["unit"] is None and request.reader.may(Action.ADMINISTER)):
            found = sums.setdefault(
                (row["provider"], row["class"]), {"count": 0, "explained": 0, "expected": 0, "reported": 0}
            )
            for name in found:
                found[name] += row[name]
    names = {one.provider: one.name for one in province.funds(month=month, reader=request.reader)}
    open_cycle = Cycle.objects.filter(pk=month, state=CycleState.OPEN).exists()
    context = {
        "month": month,
        "months": months,
        "funds": province.funds(month=month, reader=request.reader),
        "classes": [
            {"provider": names.get(provider, provider), "label": words[kind], "class": kind, **figures}
            for (provider, kind), figures in sorted(sums.items())
        ],
        "rows": [
            row | {"label": words[row["class"]], "kind_label": StatementKind(row["kind"]).label}
            for row in differences(month=month, reader=request.reader, limit=SHOWN)
        ],
        "may_explain": open_cycle and request.reader.may(Action.FUND) | request.reader.may(Action.ADMINISTER),
        "printed_at": timezone.now(),
    }
    return render(request, "banks/reconciliation.html", context)


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
