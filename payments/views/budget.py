"""The budget: what was allotted, what is used, what is left; the accountant records decisions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import Action
from accounts.http import OfficerRequest, require
from areas.models import Unit
from benefits.models import Scheme
from common.forms import AmountField, DayField
from payments.operations.budget import allot
from payments.operations.errors import PaymentsError
from payments.queries import overview
from payments.queries.budget import allotments, budget_lines

SHOWN = 100


class AllotmentForm(forms.Form):
    """One decision on a budget line."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Paying unit"))
    scheme = forms.ChoiceField(label=gettext_lazy("Scheme"), choices=Scheme)
    kind = forms.ChoiceField(
        label=gettext_lazy("The decision"),
        choices=[("1", gettext_lazy("adds")), ("-1", gettext_lazy("takes away"))],
    )
    amount = AmountField(label=gettext_lazy("Amount, đồng"), max_length=20)
    decision_number = forms.CharField(label=gettext_lazy("Decision number"), max_length=60)
    decision_date = DayField(label=gettext_lazy("Decision date"))

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units

    def facts(self) -> dict[str, Any]:
        """The fields as `allot` takes them."""
        data = dict(self.cleaned_data)
        return data | {"amount": int(data.pop("kind")) * data["amount"]}


@require_http_methods(["GET", "POST"])
def budget(request: OfficerRequest) -> HttpResponse:
    """The lines of a year; the form records a decision."""
    require(request, Action.SEE_PAYMENTS)
    year = _year(request.GET.get("year", ""))
    units = Unit.objects.paying().filter(pk__in=request.reader.units(Action.FUND)).order_by("code")
    form = AllotmentForm(request.POST or None, units=units)
    if request.method == "POST":
        require(request, Action.FUND)
        if form.is_valid():
            try:
                allot(year=year, by=request.user, at=timezone.now(), **form.facts())
                messages.success(request, _("Recorded."))
                return redirect(f"{reverse('budget')}?year={year}")
            except PaymentsError as error:
                messages.error(request, str(error))
    context = {
        "year": year,
        "years": sorted({year, *_years()}, reverse=True),
        "lines": budget_lines(year=year, reader=request.reader),
        "schemes": dict(Scheme.choices),
        "allotments": allotments(year=year, reader=request.reader)[:SHOWN],
        "form": form if request.reader.may(Action.FUND) else None,
    }
    return render(request, "payments/budget.html", context)


def _years() -> list[int]:
    today = timezone.localdate().year
    return sorted({month.year for month in overview.months()} | {today, today + 1})


def _year(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) == 4 and int(text) >= 2000:
        return int(text)
    months = overview.months()
    return months[0].year if months else timezone.localdate().year
