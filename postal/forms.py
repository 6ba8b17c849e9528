"""What officers fill in on the pages of the Post."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Unit
from beneficiaries.models import Channel, Provider
from benefits.models import Scheme
from common.forms import AmountField, DayField, MonthTextField
from postal.models import PayPlace, PayPoint


class Hour(forms.TimeField):
    """An hour of the day as people here write it, never by the computer's AM and PM."""

    def __init__(self, **kwargs: Any) -> None:
        shown = forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(widget=shown, help_text=_("hour:minute, such as 07:30"), **kwargs)


class ContractForm(forms.Form):
    """A contract with the Post; its areas and party are units that the officer arranges payment for."""

    provider = forms.ModelChoiceField(Provider.objects.filter(channel=Channel.POST), label=_("Provider"))
    party = forms.ModelChoiceField(Unit.objects.none(), label=_("Contracting unit"))
    areas = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label=_("Areas"), help_text=_("To choose several, hold the Ctrl key and click.")
    )
    number = forms.CharField(label=_("Contract number"), max_length=60)
    signed_on = DayField(label=_("Signed on"))
    valid_from = DayField(label=_("From"))
    valid_to = DayField(label=_("Until"), required=False)
    money_day = forms.IntegerField(
        label=_("Money and lists before the day (of the month before)"), min_value=1, max_value=28, initial=25
    )
    settle_day = forms.IntegerField(
        label=_("Settlement before the day of the month"), min_value=1, max_value=28, initial=20
    )
    success_percent = forms.DecimalField(
        label=_("Agreed success rate, %"), min_value=0, max_value=100, decimal_places=1, initial=95
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("party", "areas"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = units

    def facts(self) -> dict[str, Any]:
        """As `sign_contract` takes them."""
        found = dict(self.cleaned_data)
        found["success_rate"] = found.pop("success_percent") / Decimal(100)
        found["areas"] = list(found["areas"])
        return found


class FeeForm(forms.Form):
    scheme = forms.ChoiceField(label=_("Scheme"), choices=Scheme.choices)
    percent = forms.DecimalField(
        label=_("Percent of the amount paid"), min_value=0, max_value=5, decimal_places=3
    )
    from_month = MonthTextField(label=_("From month"))
    to_month = MonthTextField(label=_("To month"), required=False)


class PointForm(forms.Form):
    commune = forms.ModelChoiceField(Unit.objects.none(), label=_("Commune"))
    name = forms.CharField(label=_("Name of the point"), max_length=120)
    address = forms.CharField(label=_("Address"), max_length=200)
    hours = forms.CharField(label=_("Opening hours"), max_length=120, required=False)
    main = forms.BooleanField(label=_("The commune's main point"), required=False)
    valid_from = DayField(label=_("From"))

    def __init__(self, *args: Any, communes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["commune"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = communes


class ClerkForm(forms.Form):
    user = forms.ModelChoiceField(User.objects.none(), label=_("Clerk"))
    valid_from = DayField(label=_("From"))

    def __init__(self, *args: Any, clerks: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = clerks


class CloseForm(forms.Form):
    last_day = DayField(label=_("Last day"))


class PersonPointForm(forms.Form):
    """Whom to pay at a point other than the commune's main one."""

    national_id = forms.CharField(label=_("Citizen identity number, in full"), max_length=12)
    since = DayField(label=_("From"))


class DayForm(forms.Form):
    """One pay day or home round of a point."""

    point = forms.ModelChoiceField(PayPoint.objects.none(), label=_("Pay point"))
    month = MonthTextField(label=_("Month"))
    day = DayField(label=_("Day"))
    place = forms.ChoiceField(label=_("Paid"), choices=PayPlace.choices)
    name = forms.CharField(label=_("Name of the round"), max_length=80, required=False)
    opens = Hour(label=_("Opens"), required=False)
    closes = Hour(label=_("Closes"), required=False)
    supervisor = forms.CharField(label=_("Supervisor"), max_length=120)
    supervisor_title = forms.CharField(label=_("Supervisor's position"), max_length=120, required=False)

    def __init__(self, *args: Any, points: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["point"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = points


class MonthPlanForm(forms.Form):
    """The same day at every point that has none yet."""

    day = DayField(label=_("Day"))
    supervisor = forms.CharField(label=_("Supervisor"), max_length=120)
    supervisor_title = forms.CharField(label=_("Supervisor's position"), max_length=120, required=False)

    @classmethod
    def suggested(cls, *, month: dt.date) -> MonthPlanForm:
        return cls(initial={"day": month.replace(day=5)}, auto_id="plan_%s")


class UploadForm(forms.Form):
    """A table from the Post's own system: results, or the statement that it settles by."""

    month = MonthTextField(label=_("Month"))
    kind = forms.ChoiceField(
        label=_("What the file holds"),
        choices=[("results", _("results of payments")), ("statement", _("the Post's settlement statement"))],
    )
    name = forms.CharField(label=_("Number of the statement"), max_length=60, required=False)
    file = forms.FileField(label=_("Excel or CSV file"), max_length=200)


class CashReturnForm(forms.Form):
    """The voucher by which held cash goes back."""

    amount = AmountField(label=_("Amount, đồng"), least=1)
    money_year = forms.IntegerField(label=_("Year of the money"), min_value=2020, max_value=2100)
    voucher_number = forms.CharField(label=_("Voucher number"), max_length=40)
    voucher_date = DayField(label=_("Voucher date"))


class MinutesForm(forms.Form):
    """What the supervisor of a pay day counted and saw."""

    people = forms.IntegerField(label=_("People paid, by your own count"), min_value=0)
    amount = AmountField(label=_("Cash paid out, đồng"))
    text = forms.CharField(
        label=_("What happened on the day"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReceivedForm(forms.Form):
    """What the Post confirms to have received."""

    count = forms.IntegerField(label=_("Payments, as the Post confirms"), min_value=1)
    amount = AmountField(label=_("Amount, đồng, as the Post confirms"), least=1)
