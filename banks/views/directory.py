"""The banks: who they are, which of their programs may call, what waits for them. For administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Action
from accounts.http import OfficerRequest, require
from banks.forms import ClientForm, ProfileForm, WebhookForm
from banks.models import Client, Notice, NoticeState
from banks.operations import access, webhooks
from banks.operations.accounts import ask_about_accounts
from banks.operations.errors import BanksError
from banks.operations.profiles import set_profile
from banks.operations.trial import act_on_trial_list, make_trial_list
from banks.queries import province
from banks.queries.accounts import inquiry_counts
from beneficiaries.models import Channel, Provider
from common.keyset import number_of
from payments.operations.errors import PaymentsError


@require_GET
def bank_list(request: OfficerRequest) -> HttpResponse:
    """Every bank, those that take part first."""
    require(request, Action.ADMINISTER)
    return render(request, "banks/bank_list.html", {"banks": province.directory()})


@require_GET
def bank(request: OfficerRequest, code: str) -> HttpResponse:
    """One bank: what was agreed, its clients and keys, what is asked of it, what it was told."""
    found = _find(request, code)
    profile = getattr(found, "bank_profile", None)
    facts = {"contact": profile.contact, "debtor_account": profile.debtor_account,
             "columns": ProfileForm.written(profile.columns)} if profile else {}  # fmt: skip
    clients = found.clients.select_related("webhook").prefetch_related("secrets").order_by("pk")
    context = {
        "bank": found,
        "profile_form": ProfileForm(initial=facts, auto_id="profile_%s"),
        "client_form": ClientForm(auto_id="client_%s"),
        "clients": clients,
        "inquiries": inquiry_counts(found.pk),
        "trials": province.trial_lists(provider=found.pk)[:20],
        "notices": Notice.objects.filter(webhook__client__provider=found)
        .prefetch_related("tried")
        .order_by("-created_at")[:20],
        "secret": request.session.pop("bank_secret", None),
    }
    return render(request, "banks/bank.html", context)


@require_POST
def bank_act(request: OfficerRequest, code: str) -> HttpResponse:
    """Carry out one button of the bank's page; a refusal becomes a message."""
    action = request.POST.get("action", "")
    found = _find(request, code, code_asked=action in _STEPS and action not in HARMLESS)
    act = _STEPS.get(action)
    if act is None:
        raise Http404
    try:
        messages.success(request, act(request, found))
    except (BanksError, PaymentsError) as error:
        messages.error(request, str(error))
    return redirect("bank", code=found.pk)


def _profile(request: OfficerRequest, found: Provider) -> str:
    set_profile(provider=found.pk, **_valid(ProfileForm(request.POST)))
    return _("Saved.")


def _create(request: OfficerRequest, found: Provider) -> str:
    form = ClientForm(request.POST)
    _valid(form)
    client, secret = access.create_client(
        provider=found.pk, at=timezone.now(), by=request.user, **form.facts()
    )
    return _shown_once(request, client.pk, secret)


def _rotate(request: OfficerRequest, found: Provider) -> str:
    client = _client(request, found)
    return _shown_once(request, client.pk, access.rotate_secret(client_id=client.pk, at=timezone.now()))


def _switch(request: OfficerRequest, found: Provider) -> str:
    client = _client(request, found)
    access.set_client_active(client_id=client.pk, active=not client.active)
    return _("%(client)s is out of use.") % {"client": client.pk} if client.active else _(
        "%(client)s is in use again."
    ) % {"client": client.pk}  # fmt: skip


def _webhook(request: OfficerRequest, found: Provider) -> str:
    client = _client(request, found)
    url = _valid(WebhookForm(request.POST))["url"]
    key = webhooks.set_webhook(client_id=client.pk, url=url, at=timezone.now())
    return _shown_once(request, client.pk, key)


def _ask(request: OfficerRequest, found: Provider) -> str:
    asked = ask_about_accounts(provider=found.pk, at=timezone.now())
    return _("%(n)s accounts asked about.") % {"n": asked}


def _try_out(request: OfficerRequest, found: Provider) -> str:
    batch = make_trial_list(provider=found.pk, by=request.user, at=timezone.now())
    return _("List %(list)s for trying out was released.") % {"list": batch.pk}


def _trial(request: OfficerRequest, found: Provider) -> str:
    action, number = request.POST.get("do", ""), number_of(request.POST.get("list", ""))
    if action not in ("recall", "stop", "settle"):
        raise Http404
    batch = get_object_or_404(province.trial_lists(provider=found.pk), pk=number)
    act_on_trial_list(batch=batch, action=action, by=request.user, at=timezone.now())
    return _("Done.")


def _resend(request: OfficerRequest, found: Provider) -> str:
    notices = Notice.objects.filter(webhook__client__provider=found, state=NoticeState.GIVEN_UP)
    notice = get_object_or_404(notices, pk=_uuid(request.POST.get("notice", "")))
    webhooks.redeliver(notice_id=str(notice.pk), at=timezone.now())
    return _("The notice is sent again within a minute.")


_STEPS: dict[str, Callable[[OfficerRequest, Provider], str]] = {
    "profile": _profile,
    "create": _create,
    "rotate": _rotate,
    "switch": _switch,
    "webhook": _webhook,
    "ask": _ask,
    "try_out": _try_out,
    "trial": _trial,
    "resend": _resend,
}


# What changes no right, no address and no account: an inquiry, lists for trying out, and saying something once more.
HARMLESS = ("ask", "try_out", "trial", "resend")


def _find(request: OfficerRequest, code: str, *, code_asked: bool = True) -> Provider:
    require(request, Action.ADMINISTER, code=code_asked)
    return get_object_or_404(Provider, pk=code, channel=Channel.BANK)


def _client(request: OfficerRequest, found: Provider) -> Client:
    return get_object_or_404(Client, pk=request.POST.get("client", ""), provider=found)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _shown_once(request: OfficerRequest, client: str, secret: str) -> str:
    """The next page shows the secret, and then forgets it: we keep its hash only."""
    request.session["bank_secret"] = {"client": client, "secret": secret}
    return _("Copy the secret now: it is shown this once.")


def _valid(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        faults = "; ".join(f"{form[name].label}: {errors[0]}" for name, errors in form.errors.items())
        raise BanksError(faults)
    return dict(form.cleaned_data)
