"""Pages of a reorganisation of units: its preview, its two steps, and the hamlets of communes that were split."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import Action
from accounts.http import OfficerRequest, require
from areas.models import Unit
from common.keyset import number_of
from common.money import format_number
from desk.models import Reorganisation
from desk.operations.reorganisation import confirm, place_hamlet, prepare
from desk.queries.reorganisation import Preview, preview, reorganisation_dates, split_hamlets
from payments.operations.errors import PaymentsError


@require_GET
def reorganisations(request: OfficerRequest) -> HttpResponse:
    """The newest reorganisation that the units' table knows; a page of its own as soon as there is another."""
    require(request, Action.ADMINISTER)
    dates = reorganisation_dates()
    if not dates:
        return render(request, "desk/reorganisation.html", {"shown": None})
    return redirect("reorganisation", on_date=dates[0])


@require_http_methods(["GET", "POST"])
def reorganisation(request: OfficerRequest, on_date: date) -> HttpResponse:
    """What moves on that day, and the next of the two officers' steps."""
    require(request, Action.ADMINISTER)
    if on_date not in reorganisation_dates():
        raise Http404
    record = Reorganisation.objects.select_related("prepared_by", "confirmed_by").filter(pk=on_date).first()
    if request.method == "POST":
        try:
            _act(request, on_date)
        except PaymentsError as error:
            messages.error(request, str(error))
        return redirect("reorganisation", on_date=on_date)
    done = record is not None and record.confirmed_at is not None
    shown = preview(on_date=on_date, finishers=record.finishers if record else None)
    context = {
        "shown": shown,
        "record": record,
        "done": done,
        "stale": record is not None and not done and record.digest != shown.digest,
        "hamlets_left": sum(not hamlet.decided for hamlet in split_hamlets(on_date=on_date)) if done else 0,
        "actions": [] if done else _actions(request, shown, record),
    }
    return render(request, "desk/reorganisation.html", context)


def _act(request: OfficerRequest, on_date: date) -> None:
    if request.POST.get("action") == "confirm":
        moved = confirm(on_date=on_date, by=request.user, at=timezone.now())
        text = _(
            "Carried out: %(people)s people, %(roles)s roles, %(points)s pay points and %(contracts)s contracts with "
            "the Post moved to the new units."
        )
        numbers = {
            "people": format_number(moved.people),
            "roles": format_number(moved.roles),
            "points": format_number(moved.points),
            "contracts": format_number(moved.contracts),
        }
        messages.success(request, text % numbers)
        return
    chosen = {
        name.removeprefix("finisher-"): unit
        for name, value in request.POST.items()
        if name.startswith("finisher-") and (unit := number_of(str(value)))
    }
    prepare(on_date=on_date, by=request.user, at=timezone.now(), finishers=chosen)
    messages.success(request, _("Prepared. Another administrator has to carry it out."))


def _actions(request: OfficerRequest, shown: Preview, record: Reorganisation | None) -> list[dict[str, Any]]:
    url = reverse("reorganisation", kwargs={"on_date": shown.on_date})
    if record is None or record.digest != shown.digest:
        return []
    return [
        {
            "name": "confirm",
            "url": url,
            "label": _("Move %(people)s people to the new communes")
            % {"people": format_number(shown.people)},
            "consequence": _(
                "Homes and officers' roles end on the day before and begin in the new units. Lists of earlier months "
                "stay where they are and are finished by the units named here. This cannot be taken back."
            ),
            "confirm": True,
            "refused": _("Another administrator than the one who prepared it has to do this.")
            if record.prepared_by_id == request.user.pk
            else "",
        }
    ]


@require_http_methods(["GET", "POST"])
def hamlets(request: OfficerRequest, on_date: date) -> HttpResponse:
    """The worklist of split communes, hamlet by hamlet: for the province, and for the commune where people sit."""
    require(request, Action.MAKE_LISTS)
    mine = request.reader.units(Action.MAKE_LISTS)
    if request.method == "POST":
        predecessor = get_object_or_404(Unit, pk=number_of(request.POST.get("predecessor", "")))
        successor = get_object_or_404(Unit, pk=number_of(request.POST.get("successor", "")))
        name = request.POST.get("hamlet", "")
        found = split_hamlets(on_date=on_date, units=mine)
        if not any(hamlet.predecessor == predecessor and hamlet.name == name for hamlet in found):
            raise Http404
        try:
            moved = place_hamlet(
                on_date=on_date,
                predecessor=predecessor,
                hamlet=name,
                successor=successor,
                by=request.user,
                at=timezone.now(),
            )
        except PaymentsError as error:
            messages.error(request, str(error))
        else:
            text = _("%(hamlet)s belongs to %(unit)s; %(people)s people moved there.")
            facts = {"hamlet": name or "–", "unit": successor.name, "people": format_number(moved)}
            messages.success(request, text % facts)
        return redirect("reorganisation_hamlets", on_date=on_date)
    rows = split_hamlets(on_date=on_date, units=mine)
    context = {"on_date": on_date, "rows": rows, "left": sum(not hamlet.decided for hamlet in rows)}
    return render(request, "desk/reorganisation_hamlets.html", context)
