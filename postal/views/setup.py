"""Pages of contracts and pay points."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Action
from accounts.http import OfficerRequest, require
from accounts.models import RoleName, User
from areas.models import Unit
from beneficiaries.queries import find_people, is_identity_number
from postal.forms import ClerkForm, CloseForm, ContractForm, FeeForm, PersonPointForm, PointForm
from postal.models import Contract, PayPoint
from postal.operations import contract as operations
from postal.operations.errors import PostalError
from postal.queries.scope import find_point, visible_contracts, visible_points
from postal.views.common import say_faults, today


def _units(request: OfficerRequest) -> QuerySet[Unit]:
    managed = request.reader.units(Action.MANAGE_POST)
    return Unit.objects.filter(pk__in=managed).order_by("-valid_from", "level", "code")


@require_http_methods(["GET", "POST"])
def contracts(request: OfficerRequest) -> HttpResponse:
    """The contracts that hold in the reader's area, and a new one."""
    require(request, Action.SEE_PAYMENTS)
    may_sign = request.reader.may(Action.MANAGE_POST)
    form = ContractForm(request.POST or None, units=_units(request)) if may_sign else None
    if request.method == "POST":
        require(request, Action.MANAGE_POST)
        assert form is not None
        if form.is_valid():
            try:
                made = operations.sign_contract(**form.facts())
            except PostalError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The contract is recorded."))
                return redirect("post_contract", contract_id=made.pk)
    found = visible_contracts(reader=request.reader).prefetch_related("areas")
    return render(request, "postal/contracts.html", {"contracts": found, "form": form})


@require_http_methods(["GET", "POST"])
def contract(request: OfficerRequest, contract_id: int) -> HttpResponse:
    """One contract with its fees by period."""
    require(request, Action.SEE_PAYMENTS)
    try:
        found = visible_contracts(reader=request.reader).get(pk=contract_id)
    except Contract.DoesNotExist as error:
        raise Http404 from error
    may_change = request.reader.may(Action.MANAGE_POST, found.party_id)
    form = FeeForm(request.POST or None)
    if request.method == "POST":
        require(request, Action.MANAGE_POST, found.party_id)
        if form.is_valid():
            try:
                operations.set_fee(contract=found, **form.cleaned_data)
            except PostalError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The fee is recorded."))
                return redirect("post_contract", contract_id=found.pk)
    context = {"contract": found, "fees": found.fees.all(), "form": form if may_change else None}
    return render(request, "postal/contract.html", context)


@require_http_methods(["GET", "POST"])
def points(request: OfficerRequest) -> HttpResponse:
    """Pay points, and a new one."""
    if not (request.reader.may(Action.SEE_PAYMENTS) or request.reader.may(Action.PAY_CASH)):
        require(request, Action.SEE_PAYMENTS)
    may_open = request.reader.may(Action.MANAGE_POST)
    form = PointForm(request.POST or None, communes=_units(request).communes()) if may_open else None  # type: ignore[attr-defined]
    if request.method == "POST":
        require(request, Action.MANAGE_POST)
        assert form is not None
        if form.is_valid():
            try:
                made = operations.open_point(**form.cleaned_data)
            except PostalError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The point is open."))
                return redirect("post_point", point_id=made.pk)
    found = visible_points(reader=request.reader, on=today()).order_by("commune__name", "-main", "name")
    return render(request, "postal/points.html", {"points": found, "form": form})


@require_http_methods(["GET", "POST"])
def point(request: OfficerRequest, point_id: int) -> HttpResponse:
    """One point with its clerks and its latest pay days."""
    try:
        found = find_point(point_id=point_id, reader=request.reader, on=today())
    except PayPoint.DoesNotExist as error:
        raise Http404 from error
    may_change = request.reader.may(Action.MANAGE_POST, found.commune_id)
    candidates = User.objects.filter(roles__name=RoleName.POST_CLERK, is_active=True).distinct()
    assigning, closing = "national_id" in request.POST, "last_day" in request.POST
    form = ClerkForm(
        None if assigning or closing else request.POST or None,
        clerks=candidates,
        initial={"valid_from": today()},
    )
    if request.method == "POST":
        require(request, Action.MANAGE_POST, found.commune_id)
        if assigning:
            return _assign_person(request, found)
        if closing:
            return _close(request, found)
        if form.is_valid():
            try:
                operations.assign_clerk(point=found, **form.cleaned_data)
            except PostalError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The clerk may pay at this point."))
                return redirect("post_point", point_id=found.pk)
    context = {
        "point": found,
        "clerks": found.clerks.select_related("user").order_by("-valid_from"),
        "days": found.pay_days.order_by("-day")[:24],
        "form": form if may_change else None,
        "person_form": PersonPointForm(initial={"since": today()}) if may_change else None,
        "close_form": CloseForm() if may_change and found.valid_to is None else None,
        "people": found.people.filter(valid_to__isnull=True).select_related("person")[:200]
        if may_change
        else [],
    }
    return render(request, "postal/point.html", context)


def _close(request: OfficerRequest, found: PayPoint) -> HttpResponse:
    form = CloseForm(request.POST)
    if not form.is_valid():
        say_faults(request, form)
        return redirect("post_point", point_id=found.pk)
    try:
        operations.close_point(point=found, last_day=form.cleaned_data["last_day"])
    except PostalError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("The point closes after %(day)s.") % {"day": f"{found.valid_to:%d/%m/%Y}"}
        )
    return redirect("post_point", point_id=found.pk)


def _assign_person(request: OfficerRequest, found: PayPoint) -> HttpResponse:
    """Pay somebody of the reader's own people at this point from a day on."""
    form = PersonPointForm(request.POST)
    if not form.is_valid():
        say_faults(request, form)
        return redirect("post_point", point_id=found.pk)
    since, number = form.cleaned_data["since"], form.cleaned_data["national_id"].strip()
    people = find_people(reader=request.reader, on=since, words=number)
    person = people.first() if is_identity_number(number) else None
    if person is None:
        messages.error(request, _("Nobody of your area has this identity number on that day."))
        return redirect("post_point", point_id=found.pk)
    try:
        operations.assign_person(person=person, point=found, since=since)
    except PostalError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s is paid at this point.") % {"name": person.name})
    return redirect("post_point", point_id=found.pk)
