"""Forms of officers and their accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleName, User
from areas.models import Unit
from common.forms import DayField


class ProofForm(forms.Form):
    """The password and the first code of an authenticator; for an officer's first one also the code handed over."""

    invitation = forms.CharField(
        label=_("Set-up code, from the sheet with your first password"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Your password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    code = forms.CharField(
        label=_("Code that the app shows now"), max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip

    def __init__(self, *args: Any, enrolled: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if enrolled:
            del self.fields["invitation"]


class DelegationForm(forms.Form):
    """Who stands in, and when."""

    to = forms.ModelChoiceField(label=_("Who stands in"), queryset=User.objects.none())
    valid_from = DayField(label=_("From"))
    valid_to = DayField(label=_("Until"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class RoleForm(forms.Form):
    """A role in a unit for a time, with the reason; `units` are those of the administrator."""

    role = forms.ChoiceField(label=_("Role"), choices=RoleName.choices)
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    valid_from = DayField(label=_("From"))
    valid_to = DayField(label=_("Until"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units
        field.label_from_instance = _unit_label  # type: ignore[method-assign, assignment]


class AccountForm(RoleForm):
    """A new account with its first role."""

    username = forms.CharField(label=_("Sign-in name"), max_length=150)
    full_name = forms.CharField(label=_("Full name"), max_length=150)
    field_order = ["username", "full_name"]


def _unit_label(unit: Any) -> str:
    return f"{unit.name}, {unit.parent.name}" if unit.parent else unit.name
