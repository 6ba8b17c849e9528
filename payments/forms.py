"""What officers fill in on the pages of cycles and batches."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from areas.models import Unit
from beneficiaries.models import Channel, Provider
from benefits.models import Scheme
from common.forms import AmountField, DayField, MonthTextField
from common.money import format_number
from common.months import add_months
from payments.transitions import BatchState


class RoundForm(forms.Form):
    """Which month's list to make; at Tết one cycle pays two months."""

    month = MonthTextField(label=_("Month"))
    two_months = forms.BooleanField(label=_("Pay two months in one cycle (Tết)"), required=False)

    @property
    def last_month(self) -> dt.date:
        month: dt.date = self.cleaned_data["month"]
        return add_months(month, 1) if self.cleaned_data["two_months"] else month


class VoucherForm(forms.Form):
    """The State Treasury's voucher, and how much of the cash that the Post still holds pays the list too."""

    number = forms.CharField(label=_("Voucher number"), max_length=40)
    date = DayField(label=_("Voucher date"))
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
