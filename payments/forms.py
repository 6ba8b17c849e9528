"""What officers fill in on the pages of cycles and batches."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from areas.models import Unit
from beneficiaries.models import Channel, Provider
from benefits.models import Scheme
from common.money import format_number, read_amount
from common.months import add_months, read_month
from payments.transitions import BatchState

DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")


class RoundForm(forms.Form):
    """Which month's list to make; at Tết one cycle pays two months."""

    month = forms.CharField(
        label=_("Month"),
        max_length=7,
        help_text=_("month/year"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    two_months = forms.BooleanField(label=_("Pay two months in one cycle (Tết)"), required=False)

    def clean_month(self) -> dt.date:
        try:
            return read_month(self.cleaned_data["month"])
        except ValueError as error:
            raise forms.ValidationError(_("Write the month as month/year, such as 01/2025.")) from error

    @property
    def last_month(self) -> dt.date:
        month: dt.date = self.cleaned_data["month"]
        return add_months(month, 1) if self.cleaned_data["two_months"] else month


class AmountField(forms.CharField):
    """An amount of đồng in digits, with or without dots or commas between thousands, from `least` to `most`; 0 where
    it may stay empty."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, *, least: int = 0, most: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def prepare_value(self, value: Any) -> Any:
        return format_number(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int:
        written = super().clean(value)
        try:
            amount = read_amount(written or "0")
        except ValueError as error:
            raise forms.ValidationError(_("Write the amount in digits.")) from error
        if written and amount < self.least:
            told = {"least": format_number(self.least)}
            raise forms.ValidationError(_("The amount is %(least)s đồng or more.") % told)
        if self.most is not None and amount > self.most:
            told = {"most": format_number(self.most)}
            raise forms.ValidationError(_("The amount is %(most)s đồng or less.") % told)
        return amount


class VoucherForm(forms.Form):
    """The State Treasury's voucher, and how much of the cash that the Post still holds pays the list too."""

    number = forms.CharField(label=_("Voucher number"), max_length=40)
    date = forms.DateField(
        label=_("Voucher date"),
        help_text=_("day/month/year"),
        input_formats=DAYS,
        widget=forms.DateInput(format=DAYS[0], attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("Write the date as day/month/year.")},
    )
    held = AmountField(
        label=_("Cash of earlier lists that pays this one, đồng"), max_length=20, required=False
    )
    amount = AmountField(label=_("Voucher amount, đồng"), max_length=20)

    @classmethod
    def suggested(
        cls, *, total: int, held: int, on: dt.date, filled: dict[str, str] | None = None
    ) -> VoucherForm:
        """For a list of `total` whose provider still holds `held` đồng; without cash held nothing is asked of it.
        `filled` is what was written and refused: it stands there again, with what is wrong."""
        used = min(held, total)
        initial = {"amount": total - used, "held": used, "date": on}
        form = cls(filled, initial=initial, auto_id="voucher_%s")
        if held:
            form.fields["held"].help_text = _("The Post still holds %(held)s ₫ that nobody collected.") % {
                "held": format_number(held)
            }
        else:
            del form.fields["held"]
        return form


class ReasonForm(forms.Form):
    """Why something is sent back or withdrawn."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class BatchFilterForm(forms.Form):
    """The filters of a month's batches, all optional; a value nobody offered filters nothing."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Paying unit"), required=False)
    scheme = forms.ChoiceField(label=_("Scheme"), required=False)
    channel = forms.ChoiceField(label=_("Receives by"), required=False)
    provider = forms.ModelChoiceField(Provider.objects.none(), label=_("Provider"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, units: Any, providers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "filter_%s"} | kwargs)
        everything = ("", _("Any"))
        for name, queryset in (("unit", units), ("provider", providers)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset, field.empty_label = queryset, _("Any")
        for name, choices in (("scheme", Scheme), ("channel", Channel), ("state", BatchState)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [everything, *choices.choices]

    def chosen(self) -> dict[str, Any]:
        """The filters as `batches_of` takes them."""
        self.is_valid()
        found = {name: self.cleaned_data.get(name) or "" for name in ("scheme", "channel", "state")}
        unit, provider = self.cleaned_data.get("unit"), self.cleaned_data.get("provider")
        return found | {"unit": unit.pk if unit else None, "provider": provider.pk if provider else ""}
