"""The first page: what waits for this officer, and where to look for whoever nothing waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from accounts.access import Action, Reader
from accounts.http import OfficerRequest
from beneficiaries.models import Person
from common.months import add_months, format_month, month_of
from desk.queries.changes import waiting
from desk.queries.road import campaigns_to_approve
from desk.views.changes import VIEWS
from payments import words
from payments.queries.batches import batches_by_turn
from payments.queries.overview import cycles_to_close, last_paid_month


@dataclass(frozen=True, slots=True)
class Door:
    """A page that this officer may open, and what it shows."""

    label: str
    url: str
    about: str


@require_GET
def home(request: OfficerRequest) -> HttpResponse:
    """What waits for this officer; whoever only sees figures, or only pays cash, is taken there."""
    reader = request.reader
    if reader.may(Action.PAY_CASH) and not reader.may(Action.SEE_PAYMENTS):
        return redirect("post_month")
    if reader.may(Action.SEE_COVERAGE) and not reader.may(Action.SEE_PAYMENTS):
        return redirect("dashboard")
    if reader.only_looks:
        return render(request, "desk/home.html", {"doors": _to_look_at(reader)})
    rows = [
        {
            "month": row["round__cycle"],
            "label": words.TURNS[row["state"]],
            "batches": row["batches"],
            "people": row["people"],
            "amount": row["sum"],
            "url": f"{reverse('batches')}?month={format_month(row['round__cycle'])}&state={row['state']}",
        }
        for row in batches_by_turn(reader=reader)
    ]
    rows += [
        row | {"label": _("to be closed"), "url": reverse("cycle", args=[row["month"]])}
        for row in cycles_to_close(reader=reader)
    ]
    context = {
        "rows": rows,
        "turns": " ".join(_turns(reader)),
        "changes": [
            row | {"label": VIEWS[row["which"]], "url": f"{reverse('changes')}?view={row['which']}"}
            for row in waiting(reader=reader, on=timezone.localdate())
        ],
        "campaigns": campaigns_to_approve(reader),
        "looks_ahead": reader.may(Action.REQUEST_CHANGE),
        "has_pages": bool(reader.roles) and reader.may(Action.SEE_PAYMENTS),
        "next_month": _month_to_make() if reader.may(Action.MAKE_LISTS) and Person.objects.exists() else None,
    }
    return render(request, "desk/home.html", context)


def _month_to_make() -> date:
    last = last_paid_month()
    return add_months(last, 1) if last else month_of(timezone.localdate())


def _turns(reader: Reader) -> list[str]:
    """What will one day wait for this officer here, said while nothing does."""
    said = {
        Action.SUBMIT: _("A list that was made appears here, to be checked and submitted."),
        Action.APPROVE: _("A list that was submitted appears here, to be approved."),
        Action.FUND: _("A list that was approved appears here, for the voucher, the release and the settlement."),
        Action.CLOSE: _("A cycle appears here to be closed once all its lists are settled."),
        Action.REQUEST_CHANGE: _("A change request that was returned, or lacks its papers, appears here."),
        Action.DECIDE_CHANGE: _("A change request that was submitted appears here, to be decided."),
    }  # fmt: skip
    return [sentence for action, sentence in said.items() if reader.may(action)]


def _to_look_at(reader: Reader) -> list[Door]:
    """Where somebody who reads everything and changes nothing, as an auditor, may begin."""
    doors = [
        (Action.SEE_PAYMENTS, "cycles", _("Payment cycles"),
         _("Each month's lists, what became of every payment, the reconciliation, and who closed it.")),
        (Action.SEE_PAYMENTS, "batches", _("Batches"),
         _("One list: who prepared, approved and released it, its payments, and its story.")),
        (Action.SEE_PEOPLE, "people", _("Beneficiaries"),
         _("One person: what is granted and by which decision, what was paid and why, and who changed what when.")),
        (Action.SEE_PAYMENTS, "overpaid", _("Paid too much"),
         _("Who was paid more than the law grants, and what was decided on it.")),
        (Action.SEE_LAW, "law", _("Rates"),
         _("The rates and bases that every payment follows, with their decrees.")),
        (Action.SEE_COVERAGE, "dashboard", pgettext("navigation", "Coverage"),
         _("How many people are paid through accounts, month by month, with its reports.")),
    ]  # fmt: skip
    return [Door(label, reverse(name), about) for action, name, label, about in doors if reader.may(action)]
