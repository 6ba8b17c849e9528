"""The administrators' pages of officers: who has which role where, what is proposed, and who has left."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Max, Prefetch, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Action
from accounts.forms import AccountForm, RoleForm
from accounts.http import OfficerRequest, require
from accounts.models import ChangeState, Delegation, OfficerChange, Role, User
from accounts.operations import officers as operations
from accounts.operations.officers import ChangeRefused
from areas.models import Unit
from common.keyset import number_of

SHOWN = 200


@require_GET
def officer_list(request: OfficerRequest) -> HttpResponse:
    """Open proposals, and the officers of the administrator's area with their roles of today, found by name."""
    require(request, Action.ADMINISTER)
    q = request.GET.get("q", "").strip()[:100]
    found = _visible(request)
    if q:
        found = found.filter(Q(full_name__icontains=q) | Q(username__icontains=q))
    roles = Prefetch("roles", Role.objects.on(timezone.localdate()).select_related("unit"), to_attr="now")
    rows = list(found.prefetch_related(roles).order_by("-is_active", "full_name", "username")[: SHOWN + 1])
    changes = _proposals(request).select_related("user", "unit", "proposed_by")
    context = {
        "changes": changes.filter(state=ChangeState.OPEN),
        "rows": rows[:SHOWN],
        "more": len(rows) > SHOWN,
        "q": q,
    }
    return render(request, "accounts/officers.html", context)


@require_GET
def officer(request: OfficerRequest, user_id: int) -> HttpResponse:
    """One officer: roles, delegations, and everything administrators decided about the account."""
    found = _find(request, user_id)
    return _show(request, found, RoleForm(units=_units(request)))


@require_http_methods(["GET", "POST"])
def propose(request: OfficerRequest) -> HttpResponse:
    """Propose a new account with its first role; another administrator confirms it."""
    require(request, Action.ADMINISTER)
    form = AccountForm(request.POST or None, units=_units(request))
    if request.method == "POST" and form.is_valid():
        try:
            operations.propose_account(by=request.user, at=timezone.now(), **form.cleaned_data)
        except ChangeRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Proposed. Another administrator confirms it."))
            return redirect("officers")
    return render(request, "accounts/officer_propose.html", {"form": form})


@require_POST
def act(request: OfficerRequest, user_id: int) -> HttpResponse:
    """Propose a role or new proofs for an officer, end a role, or close the account of one who leaves."""
    action = request.POST.get("action", "")
    found = _find(request, user_id)
    if action not in ("role", "reset", "end_role", "leave"):
        raise Http404
    by: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    reason = request.POST.get("reason", "").strip()[:200]
    try:
        if action == "role":
            form = RoleForm(request.POST, units=_units(request))
            if not form.is_valid():
                return _show(request, found, form)
            operations.propose_role(user=found, **form.cleaned_data, **by)
            messages.success(request, _("Proposed. Another administrator confirms it."))
        elif action == "reset":
            operations.propose_reset(user=found, reason=reason, **by)
            messages.success(request, _("Proposed. Another administrator confirms it."))
        elif action == "end_role":
            role = get_object_or_404(
                Role,
                pk=number_of(request.POST.get("role", "")),
                user=found,
                unit__in=request.reader.units(Action.ADMINISTER),
            )
            operations.end_role(role=role, reason=reason, today=timezone.localdate(), **by)
            messages.success(request, _("The role has ended."))
        else:
            operations.close_account(user=found, reason=reason, today=timezone.localdate(), **by)
            messages.success(request, _("The account is closed; its sessions have ended."))
    except ChangeRefused as error:
        messages.error(request, str(error))
    return redirect("officer", user_id=found.pk)


@require_POST
def decide(request: OfficerRequest, change_id: int) -> HttpResponse:
    """Confirm what another administrator proposed, or withdraw a proposal."""
    require(request, Action.ADMINISTER)
    change = get_object_or_404(_proposals(request), pk=change_id)
    action = request.POST.get("action", "")
    if action not in ("confirm", "withdraw"):
        raise Http404
    now = timezone.now()
    try:
        if action == "withdraw":
            operations.withdraw(change_id=change.pk, by=request.user, at=now)
            messages.success(request, _("The proposal is withdrawn."))
            return redirect("officers")
        given = operations.confirm(
            change_id=change.pk, by=request.user, at=now, units=request.reader.units(Action.ADMINISTER)
        )
    except ChangeRefused as error:
        messages.error(request, str(error))
        return redirect("officers")
    if given is None:
        messages.success(request, _("The role is given."))
        return redirect("officers")
    return render(request, "accounts/first_password.html", {"given": given})


def _show(request: OfficerRequest, found: User, form: RoleForm) -> HttpResponse:
    today = timezone.localdate()
    decided = OfficerChange.objects.filter(user=found).select_related("unit", "proposed_by", "decided_by")
    delegations = Delegation.objects.filter(Q(to=found) | Q(role__user=found))
    context = {
        "person": found,
        "own": found.pk == request.user.pk,
        "roles": found.roles.select_related("unit").order_by("-valid_from", "pk"),
        "open_roles": set(
            found.roles.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today)).values_list("pk", flat=True)
        ),
        "delegations": delegations.select_related("role__unit", "role__user", "to").order_by(
            "-valid_from", "pk"
        ),
        "changes": decided,
        "form": form,
    }
    return render(request, "accounts/officer.html", context)


def _visible(request: OfficerRequest) -> QuerySet[User]:
    """Officers with a role, at any time, in the administrator's units, and those without any role."""
    mine = Role.objects.filter(unit__in=request.reader.units(Action.ADMINISTER))
    return User.objects.filter(Q(pk__in=mine.values("user")) | ~Q(pk__in=Role.objects.values("user")))


def _proposals(request: OfficerRequest) -> QuerySet[OfficerChange]:
    """What is decided about a unit of the administrator's; what names none, about an officer whom she sees."""
    mine = Q(unit__in=request.reader.units(Action.ADMINISTER))
    return OfficerChange.objects.filter(mine | Q(unit__isnull=True, user__in=_visible(request)))


def _find(request: OfficerRequest, user_id: int) -> User:
    require(request, Action.ADMINISTER)
    return get_object_or_404(_visible(request), pk=user_id)


def _units(request: OfficerRequest) -> QuerySet[Unit]:
    """The administrator's units of today; where they have ended and nobody reorganised them yet, the last ones."""
    mine = Unit.objects.filter(pk__in=request.reader.units(Action.ADMINISTER))
    found = mine.on(timezone.localdate())
    if not found.exists():
        found = mine.filter(valid_to=mine.aggregate(last=Max("valid_to"))["last"])
    return found.select_related("parent").order_by("-level", "parent__name", "name", "pk")
