"""Showing one number of a person in full: for a reason, after a code, and never without a record of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import Action
from accounts.http import OfficerRequest, require
from audit.operations.looking import record_look
from beneficiaries import queries as people
from beneficiaries.models import Person
from common.cccd import mask, mask_account


class Number(NamedTuple):
    """An encrypted value that may be shown: its words, its masked form, the whole of it, and where it is kept."""

    label: str
    masked: str
    whole: str
    table: str
    row_key: int
    column: str


class LookForm(forms.Form):
    """Which number, and why."""

    number = forms.ChoiceField(label=gettext_lazy("Which number"), widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("Why you need it"), max_length=200)


@require_http_methods(["GET", "POST"])
def numbers(request: OfficerRequest, person_id: int) -> HttpResponse:
    """Ask for the reason, then show one number in full on this page alone."""
    require(request, Action.UNMASK)
    try:
        found: Any = people.find_person(person_id=person_id, reader=request.reader, on=timezone.localdate())
    except Person.DoesNotExist as error:
        raise Http404 from error
    if not any(request.reader.may(Action.UNMASK, home.commune_id) for home in found.current_homes):
        raise Http404
    known = _numbers(found)
    form = LookForm(request.POST or None)
    form.fields["number"].choices = [  # type: ignore[attr-defined]
        (key, f"{number.label}: {number.masked}") for key, number in known.items()
    ]
    shown = None
    if request.method == "POST" and form.is_valid():
        shown = known[form.cleaned_data["number"]]
        record_look(
            officer_id=request.user.pk, person_id=found.pk, table=shown.table, row_key=shown.row_key,
            column=shown.column, reason=form.cleaned_data["reason"], at=timezone.now(),
        )  # fmt: skip
    return render(request, "desk/numbers.html", {"person": found, "form": form, "shown": shown, "any": known})


def _numbers(found: Any) -> dict[str, Number]:
    known = {}
    if found.national_id:
        known["national_id"] = Number(
            _("Citizen identity number"), mask(found.national_id), found.national_id,
            "beneficiaries_person", found.pk, "national_id",
        )  # fmt: skip
    for method in found.current_methods:
        if method.account:
            known[f"account-{method.pk}"] = Number(
                _("Account, %(bank)s") % {"bank": method.provider.short_name}, mask_account(method.account),
                method.account, "beneficiaries_payoutmethod", method.pk, "account",
            )  # fmt: skip
    for payee in found.current_payees:
        if payee.national_id:
            known[f"payee-{payee.pk}"] = Number(
                _("Citizen identity number of %(name)s") % {"name": payee.name}, mask(payee.national_id),
                payee.national_id, "beneficiaries_payee", payee.pk, "national_id",
            )  # fmt: skip
    return known
