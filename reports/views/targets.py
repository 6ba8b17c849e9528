"""The targets: those that were ever set, and a new one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Action
from accounts.http import OfficerRequest, require
from areas.models import Unit
from reports.forms import TargetForm, today_first
from reports.models import Target
from reports.operations import TargetTaken, set_target


@require_http_methods(["GET", "POST"])
def target_list(request: OfficerRequest) -> HttpResponse:
    """Every target, the latest first; an administrator sets another. Nothing is edited: history stays."""
    require(request, Action.SEE_COVERAGE)
    may_set = request.reader.may(Action.ADMINISTER)
    units = today_first(
        Unit.objects.filter(pk__in=request.reader.units(Action.ADMINISTER)), timezone.localdate()
    ).exclude(level="province")
    form = TargetForm(request.POST or None, units=units)
    if request.method == "POST":
        require(request, Action.ADMINISTER, code=False)  # a later target takes its place
        if form.is_valid():
            try:
                set_target(
                    on_date=form.cleaned_data["on_date"],
                    rate=form.rate,
                    set_on=timezone.localdate(),
                    scheme=form.cleaned_data["scheme"],
                    unit=form.cleaned_data["unit"],
                    source=form.cleaned_data["source"],
                )
            except TargetTaken as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The target is set; earlier ones stay on record."))
                return redirect("targets")
    rows = Target.objects.select_related("unit").order_by("-on_date", "-set_on", "pk")
    context = {"rows": rows, "form": form if may_set else None}
    return render(request, "reports/targets.html", context)
