"""An officer's own account: the roles she acts by, her authenticator, her password, and who stands in for her."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash, views
from django.contrib.auth.forms import PasswordChangeForm
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import totp
from accounts.forms import DelegationForm, ProofForm
from accounts.http import OfficerRequest, mark_confirmed, step_up
from accounts.models import Delegation, Role, SecondFactor
from accounts.operations import delegation as delegations
from accounts.operations import second_factor as factors
from accounts.operations.delegation import DELEGABLE, DelegationRefused
from accounts.operations.second_factor import CodeRefused
from accounts.views.step_up import demo_code

ISSUER = "An Sinh"


@require_GET
def account(request: OfficerRequest) -> HttpResponse:
    """What the officer may do today and by whose role, and what she can change about her account."""
    user, today = request.user, timezone.localdate()
    factor = SecondFactor.objects.filter(user=user).first()
    running = Delegation.objects.filter(valid_to__gte=today).select_related("role__user", "role__unit", "to")
    own = [role for role in request.reader.held if role.user_id == user.pk]
    context = {
        "roles": request.reader.held,
        "factor": factor if factor and factor.secret else None,
        "codes_left": user.recovery_codes.filter(used_at=None).count(),
        "given": running.filter(role__user=user).order_by("valid_from", "pk"),
        "held": running.filter(to=user).order_by("valid_from", "pk"),
        "delegable": [role for role in own if role.name in DELEGABLE],
    }
    return render(request, "accounts/account.html", context)


@require_http_methods(["GET", "POST"])
def second_factor(request: OfficerRequest) -> HttpResponse:
    """Set the authenticator up, or another one; new recovery codes. What is enrolled is replaced only with its code."""
    factor = SecondFactor.objects.filter(user=request.user).first()
    enrolled = factor is not None and factor.secret is not None
    if request.method != "POST":
        return _show_factor(request, factor, ProofForm(enrolled=enrolled))
    action = request.POST.get("action", "")
    if action not in ("begin", "prove", "codes") or (action == "codes" and not enrolled):
        raise Http404
    if enrolled:
        step_up(request)
    if action == "begin":
        try:
            factors.begin(user=request.user)
        except CodeRefused as error:
            messages.error(request, str(error))
        return redirect("second_factor")
    if action == "codes":
        return _show_codes(request, factors.renew_recovery_codes(user=request.user))
    form = ProofForm(request.POST, enrolled=enrolled)
    if form.is_valid():
        now = timezone.now()
        try:
            codes = factors.enrol(user=request.user, at=now, **form.cleaned_data)
        except CodeRefused as error:
            form.add_error(None, str(error))
        else:
            mark_confirmed(request, now=now)
            return _show_codes(request, codes)
    return _show_factor(request, factor, form)


class PasswordPage(views.PasswordChangeView):
    """Django's change of password, which ends every other session; a first password ends with it too."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "accounts/password.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        user: Any = form.save(commit=False)
        user.first_password_until = None
        user.save(update_fields=["password", "first_password_until"])
        update_session_auth_hash(self.request, user)
        messages.success(self.request, _("The password is changed. Every other session has ended."))
        return redirect(self.success_url)


@require_http_methods(["GET", "POST"])
def delegate(request: OfficerRequest, role_id: int) -> HttpResponse:
    """Let another officer stand in for one's own role while one is away."""
    today = timezone.localdate()
    role = get_object_or_404(
        Role.objects.on(today).select_related("unit"), pk=role_id, user=request.user, name__in=DELEGABLE
    )
    form = DelegationForm(request.POST or None)
    form.fields["to"].queryset = delegations.candidates(role=role, on=today)  # type: ignore[attr-defined]
    if request.method == "POST":
        step_up(request)
        if form.is_valid():
            try:
                made = delegations.delegate(
                    role=role, by=request.user, at=timezone.now(), today=today, **form.cleaned_data
                )
            except DelegationRefused as error:
                form.add_error(None, str(error))
            else:
                text = _("%(name)s stands in for you. What she does is recorded under her own name.")
                messages.success(request, text % {"name": made.to})
                return redirect("account")
    return render(request, "accounts/delegate.html", {"role": role, "form": form})


@require_POST
def end_delegation(request: OfficerRequest, delegation_id: int) -> HttpResponse:
    """End at once what one has delegated, or was delegated."""
    found = get_object_or_404(Delegation.objects.select_related("role"), pk=delegation_id)
    try:
        delegations.end_delegation(delegation=found, by=request.user, today=timezone.localdate())
    except DelegationRefused as error:
        raise Http404 from error
    messages.success(request, _("The delegation has ended."))
    return redirect("account")


def _show_factor(request: OfficerRequest, factor: SecondFactor | None, form: Form) -> HttpResponse:
    secret = factor.pending if factor else None
    picture = ""
    if secret:
        address = totp.address(secret, account=request.user.username, issuer=ISSUER)
        picture = segno.make(address).svg_inline(scale=5, light="#fff")
    context = {
        "factor": factor,
        "enrolled": factor is not None and factor.secret is not None,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)) if secret else "",
        "picture": mark_safe(picture),  # our own drawing of our own address
        "form": form,
        "demo_code": demo_code(factor) if secret else "",
    }
    return render(request, "accounts/second_factor.html", context)


def _show_codes(request: OfficerRequest, codes: list[str]) -> HttpResponse:
    return render(request, "accounts/recovery_codes.html", {"codes": codes})
