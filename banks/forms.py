"""What officers write about banks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from banks.models import Scope
from banks.sheets import FIELDS


class ProfileForm(forms.Form):
    """Whom to call at a bank, which account it debits, and the columns of its Excel file: `field = title` a line."""

    contact = forms.CharField(label=_("contact"), max_length=200, required=False)
    debtor_account = forms.CharField(label=_("account debited"), max_length=34, required=False)
    columns = forms.CharField(
        label=_("columns of the Excel file"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "One line each, such as: account = SO TAI KHOAN. Fields: key, account, holder, amount, text."
        ),
    )

    @staticmethod
    def written(columns: list[list[str]]) -> str:
        return "\n".join(f"{field} = {title}" for field, title in columns)

    def clean_columns(self) -> list[list[str]]:
        pairs = []
        for line in self.cleaned_data["columns"].splitlines():
            field, equals, title = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if field not in FIELDS or not equals or not title:
                raise forms.ValidationError(_("“%(line)s” is not a field and its title.") % {"line": line})
            pairs.append([field, title[:60]])
        return pairs


class ClientForm(forms.Form):
    """A new client of a bank."""

    name = forms.CharField(label=_("name"), max_length=120)
    scopes = forms.MultipleChoiceField(
        label=_("scopes"), choices=Scope, widget=forms.CheckboxSelectMultiple, initial=list(Scope.values)
    )
    networks = forms.CharField(
        label=_("networks allowed"), required=False, help_text=_("Separated by spaces; none allows all.")
    )
    certificate_sha256 = forms.CharField(
        label=_("certificate thumbprint (SHA-256)"), max_length=95, required=False
    )
    sandbox = forms.BooleanField(label=_("for trying out"), required=False)

    def facts(self) -> dict[str, Any]:
        """The fields as `create_client` takes them."""
        data = dict(self.cleaned_data)
        return data | {"networks": data["networks"].replace(",", " ").split()}


class WebhookForm(forms.Form):
    url = forms.URLField(label=_("address"), max_length=300, assume_scheme="https")
