"""Pages of single payments: how one was reckoned, and withdrawing one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import Action
from accounts.http import OfficerRequest, require
from payments.forms import ReasonForm
from payments.models import LineKind, Payment
from payments.operations.batches import withdraw
from payments.operations.errors import PaymentsError
from payments.operations.stop_orders import order_stop
from payments.queries.batches import find_payment
from payments.queries.persons import explain_payment
from payments.transitions import BatchState


@require_http_methods(["GET", "POST"])
def payment_withdraw(request: OfficerRequest, payment_id: int) -> HttpResponse:
    """Confirm, with the reason, that one payment is taken out of its list, or that its provider shall stop it."""
    payment = _find(request, payment_id)
    batch = payment.batch
    stops = batch.state == BatchState.ACKNOWLEDGED
    require(request, Action.WITHDRAW, batch.unit_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            change = order_stop if stops else withdraw
            change(payment_id=payment.pk, by=request.user, at=timezone.now(), reason=reason)
        except PaymentsError as error:
            messages.error(request, str(error))
        else:
            said = (
                _("%(provider)s is told to stop the payment of %(name)s.")
                if stops
                else _("%(name)s is withdrawn from the list.")
            )
            messages.success(request, said % {"name": payment.person.name, "provider": batch.provider})
        return redirect("batch", batch_id=batch.pk)
    return render(
        request,
        "payments/payment_withdraw.html",
        {"payment": payment, "batch": batch, "form": form, "stops": stops},
    )


def _find(request: OfficerRequest, payment_id: int) -> Payment:
    require(request, Action.SEE_PAYMENTS)
    try:
        return find_payment(payment_id=payment_id, reader=request.reader)
    except Payment.DoesNotExist as error:
        raise Http404 from error


@require_GET
def payment_explanation(request: OfficerRequest, payment_id: int) -> HttpResponse:
    """How one payment was reckoned, line by line, as a part of the page that asks."""
    payment = _find(request, payment_id)
    lines, notes = explain_payment(payment=payment, reader=request.reader)
    rows = [
        {
            "category": line.name,
            "month": line.month,
            "kind": line.kind,
            "kind_label": LineKind(line.kind).label,
            "amount": line.amount,
            "words": line.words,
        }
        for line in lines
    ]
    context = {"lines": rows, "total": payment.amount, "notes": notes}
    return render(request, "payments/_explanation.html", context)
