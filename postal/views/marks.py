"""What the marks of a day come to, and correcting them by two people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Action
from accounts.http import OfficerRequest
from payments.models import Payment
from payments.operations.errors import PaymentsError
from payments.transitions import Outcome
from postal import words
from postal.models import Correction, MarkKind, PayDay
from postal.operations import corrections as operations
from postal.operations.errors import PostalError
from postal.queries.lists import PayList
from postal.queries.marks import day_marks, day_states, open_corrections
from postal.views.common import may_manage, may_pay, the_day


def marks_context(request: OfficerRequest, day: PayDay, lists: list[PayList]) -> dict[str, Any]:
    """What postal/_marks.html takes: how many are paid, every mark, and what has to be decided."""
    states, marks = day_states(day=day), day_marks(day=day)
    rows = [row for made in lists for row in made.rows]
    shown = [
        {
            "payment": row.payment,
            "number": row.number,
            "name": row.name,
            "kind": state.kind,
            "kind_label": MarkKind(state.kind).label if state.kind else "",
            "conflicts": [words.CONFLICTS[conflict] for conflict in sorted(state.conflicts)],
            "marks": marks.get(row.payment, []),
        }
        for row in rows
        if (state := states.get(row.payment))
    ]
    marked = [row for row in rows if _is_paid(states.get(row.payment))]
    paid = [row for row in rows if row.outcome == Outcome.PAID or _is_paid(states.get(row.payment))]
    return {
        "marked": shown,
        "paid_count": len(paid),
        "paid_amount": sum(row.amount for row in paid),
        "seal_count": len(marked),
        "seal_amount": sum(row.amount for row in marked),
        "conflict_count": sum(bool(row["conflicts"]) for row in shown),
        "corrections": open_corrections(day=day),
        "may_decide": _may_decide(request, day),
        "may_seal": (may_pay(request, day) or may_manage(request, day)) and day.sealed_at is None,
    }


@require_POST
def correct(request: OfficerRequest, day_id: int, payment_id: int) -> HttpResponse:
    """Ask for a correction, with the reason."""
    day = the_day(request, day_id)
    if not (may_pay(request, day) or may_manage(request, day)):
        raise PermissionDenied
    try:
        payment = Payment.objects.get(pk=payment_id, listing__pay_day=day)
    except Payment.DoesNotExist as error:
        raise Http404 from error
    try:
        operations.ask_correction(
            payment=payment,
            wanted=request.POST.get("wanted", ""),
            reason=request.POST.get("reason", "")[:300],
            by=request.user,
            at=timezone.now(),
        )
    except PostalError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The correction waits for a second person."))
    return redirect("post_day", day_id=day.pk)


@require_POST
def decide(request: OfficerRequest, day_id: int, correction_id: int) -> HttpResponse:
    """Accept or refuse a correction, as the second person."""
    day = the_day(request, day_id)
    if not _may_decide(request, day):
        raise PermissionDenied
    if not Correction.objects.filter(pk=correction_id, payment__listing__pay_day=day).exists():
        raise Http404
    accept = request.POST.get("action") == "accept"
    try:
        operations.decide_correction(
            correction_id=correction_id, accept=accept, by=request.user, at=timezone.now()
        )
    except (PostalError, PaymentsError) as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("The correction is accepted.") if accept else _("The correction is refused.")
        )
    return redirect("post_day", day_id=day.pk)


def _may_decide(request: OfficerRequest, day: PayDay) -> bool:
    commune = day.point.commune_id
    return may_pay(request, day) or may_manage(request, day) or request.reader.may(Action.APPROVE, commune)


def _is_paid(state: Any) -> bool:
    return state is not None and state.kind == MarkKind.PAID
