"""Pages of what was paid too much: who, how much, and the decisions on it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Action
from accounts.http import OfficerRequest, page_context, place_of, require
from beneficiaries.models import Person
from benefits.models import Category, Scheme
from common.forms import AmountField, DayField, MonthTextField
from payments.models import DecisionKind, OverpaidDecision
from payments.operations import overpaid as operations
from payments.operations.errors import PaymentsError
from payments.operations.overpaid import Item, Schedule
from payments.queries.explain_words import category_name
from payments.queries.overpaid import Overpaid, decisions, home_of, overpaid, overpaid_page, waiting_decisions


class DecisionForm(forms.Form):
    """A decision on all that is still open of one person and scheme."""

    kind = forms.ChoiceField(label=gettext_lazy("What is decided"), choices=DecisionKind.choices)
    number = forms.CharField(label=gettext_lazy("Decision number"), max_length=60)
    decided_on = DayField(label=gettext_lazy("Decision date"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    from_month = MonthTextField(label=gettext_lazy("Taken back from the list of"), required=False)
    limit = AmountField(label=gettext_lazy("At most from each payment, đồng"), required=False)
    share = forms.IntegerField(
        label=gettext_lazy("At most from each payment, %"), min_value=1, max_value=100, required=False
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if data.get("kind") == DecisionKind.RECOVER and not (
            data.get("from_month") and (data.get("limit") or data.get("share"))
        ):
            raise forms.ValidationError(
                _("To take money back, enter the first list and how much of each payment at most.")
            )
        return data

    @property
    def schedule(self) -> Schedule | None:
        data = self.cleaned_data
        if data["kind"] != DecisionKind.RECOVER:
            return None
        return Schedule(data["from_month"], limit=data["limit"] or None, share=data["share"])


@require_GET
def overpaid_list(request: OfficerRequest) -> HttpResponse:
    """A page of the officer's people who were paid too much, and the decisions that wait for a second officer."""
    require(request, Action.SEE_PAYMENTS)
    people: dict[int, dict[str, Any]] = {}
    found = overpaid_page(reader=request.reader, place=place_of(request.GET))
    for one in found.rows:
        row = people.setdefault(
            one.person_id, {"id": one.person_id, "name": one.name, "amount": 0, "open": 0, "months": set()}
        )
        row["amount"] += one.overpaid
        row["open"] += one.open
        row["months"].add(one.month)
    rows = [row | {"months": len(row["months"])} for row in people.values()]
    return render(
        request,
        "payments/overpaid_list.html",
        {
            "page": page_context(found.page, rows, request.GET),
            "news": found.news,
            "by_law": found.waiting,
            "waiting": waiting_decisions(reader=request.reader),
        },
    )


@require_http_methods(["GET", "POST"])
def overpaid_person(request: OfficerRequest, person_id: int) -> HttpResponse:
    """One person's overpaid months and decisions; the form prepares a decision on what is open of one scheme."""
    require(request, Action.SEE_PAYMENTS)
    home = home_of(reader=request.reader, person_id=person_id)
    if home is None:
        raise Http404
    found = overpaid(reader=request.reader, person_id=person_id)
    form = DecisionForm(request.POST or None)
    if request.method == "POST":
        require(request, Action.SUBMIT, home)
        if form.is_valid() and _prepare(request, form, found):
            return redirect("overpaid_person", person_id=person_id)
    schemes = [
        {
            "code": code,
            "name": Scheme(code).label,
            "rows": _rows(request, rows),
            "open": sum(one.open for one in rows),
        }
        for code, rows in _by_scheme(found).items()
    ]
    made = decisions(reader=request.reader).filter(person=person_id)
    context = {
        "person": Person.objects.get(pk=person_id),
        "schemes": schemes,
        "made": [_decision(request, one, home) for one in made],
        "form": form,
        "may_prepare": request.reader.may(Action.SUBMIT, home),
    }
    return render(request, "payments/overpaid_person.html", context)


@require_POST
def overpaid_act(request: OfficerRequest, decision_id: int) -> HttpResponse:
    """Confirm or cancel a decision, as the button says."""
    require(request, Action.SEE_PAYMENTS)
    decision = get_object_or_404(decisions(reader=request.reader), pk=decision_id)
    action = request.POST.get("action", "")
    if action not in ("confirm", "cancel"):
        raise Http404
    home = home_of(reader=request.reader, person_id=decision.person_id)
    require(request, Action.APPROVE, home, code=action == "confirm")
    change = operations.confirm if action == "confirm" else operations.cancel
    try:
        change(decision_id=decision.pk, by=request.user, at=timezone.now())
    except PaymentsError as error:
        messages.error(request, str(error))
    else:
        said = _("The decision is confirmed.") if action == "confirm" else _("The decision is cancelled.")
        messages.success(request, said)
    return redirect("overpaid_person", person_id=decision.person_id)


def _prepare(request: OfficerRequest, form: DecisionForm, found: list[Overpaid]) -> bool:
    if not found:
        return False
    data, scheme = form.cleaned_data, request.POST.get("scheme", "")
    items = [
        Item(one.entitlement_id, one.month, one.open) for one in found if one.scheme == scheme and one.open
    ]
    try:
        operations.prepare(
            person_id=found[0].person_id,
            scheme=scheme,
            kind=DecisionKind(data["kind"]),
            items=items,
            number=data["number"],
            decided_on=data["decided_on"],
            reason=data["reason"],
            schedule=form.schedule,
            by=request.user,
            at=timezone.now(),
            reader=request.reader,
        )
    except PaymentsError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, _("The decision is prepared. Another officer has to confirm it."))
    return True


def _by_scheme(found: list[Overpaid]) -> dict[str, list[Overpaid]]:
    schemes: dict[str, list[Overpaid]] = defaultdict(list)
    for one in found:
        schemes[one.scheme].append(one)
    return schemes


def _rows(request: OfficerRequest, found: list[Overpaid]) -> list[dict[str, Any]]:
    categories = Category.objects.in_bulk({one.category_id for one in found})
    return [
        {
            "month": one.month,
            "name": category_name(
                vars(categories[one.category_id]), request.reader.may(Action.SEE_SENSITIVE, one.commune_id)
            ),
            "due": one.due,
            "live": one.live,
            "overpaid": one.overpaid,
            "covered": min(one.covered, one.overpaid),
        }
        for one in found
    ]


def _decision(request: OfficerRequest, one: OverpaidDecision, home: int) -> dict[str, Any]:
    waits = one.confirmed_at is None and one.cancelled_at is None
    recovers = one.kind == DecisionKind.RECOVER and one.confirmed_at is not None and one.cancelled_at is None
    may_approve = request.reader.may(Action.APPROVE, home)
    return {
        "decision": one,
        "amount": one.amount,  # type: ignore[attr-defined]
        "kind_label": DecisionKind(one.kind).label,
        "may_confirm": waits and one.prepared_by_id != request.user.pk and may_approve,
        "may_cancel": (waits or recovers) and may_approve,
    }
