"""Form fields as people here write them: days as day/month/year, months as month/year, amounts with or without marks.

Never the browser's own picker: it follows the computer's language, and in an English one 03/04/2025 is the third of
April to who reads it and the fourth of March to who typed it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.money import format_number, read_amount
from common.months import read_month, show_month

_TYPED = {"inputmode": "numeric", "autocomplete": "off"}
# What the browser itself refuses before anything typed beside it can be lost; the fields below are stricter.
_DAY = r"\s*[0-9]{1,2}(\/|-|\.)[0-9]{1,2}(\/|-|\.)[0-9]{4}\s*|[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MONTH = r"\s*[0-9]{1,2}(\/|-)[0-9]{4}\s*|[0-9]{4}-[0-9]{2}"
_AMOUNT = r"\s*([0-9]+|[0-9]{1,3}([.,\s][0-9]{3})+)\s*"


def faults_of(form: forms.Form) -> str:
    """The faults of a form that is not shown again, each with the field's label, as one message."""
    return " ".join(
        f"{form[name].label}: {errors[0]}" if name in form.fields else str(errors[0])
        for name, errors in form.errors.items()
    )


class DayField(forms.DateField):
    """A day as day/month/year; ISO days are taken too."""

    def __init__(self, **kwargs: Any) -> None:
        formats = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")
        given: dict[str, Any] = {
            "help_text": _("day/month/year"),
            "error_messages": {"invalid": _("Write the date as day/month/year.")},
            "widget": forms.DateInput(
                format=formats[0], attrs=_TYPED | {"pattern": _DAY, "title": _("day/month/year")}
            ),
        }
        super().__init__(input_formats=formats, **given | kwargs)


class MonthTextField(forms.CharField):
    """A month as month/year; cleaned to the date of its first day, or None where it may stay empty."""

    def __init__(self, **kwargs: Any) -> None:
        shown = forms.TextInput(attrs=_TYPED | {"pattern": _MONTH, "title": _("month/year")})
        given: dict[str, Any] = {"help_text": _("month/year"), "widget": shown, "max_length": 7}
        super().__init__(**given | kwargs)

    def prepare_value(self, value: Any) -> Any:
        return show_month(value) if isinstance(value, dt.date) else value

    def clean(self, value: Any) -> dt.date | None:
        text = super().clean(value)
        try:
            return read_month(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(_("Write the month as month/year, such as 01/2025.")) from error


class AmountField(forms.CharField):
    """An amount of đồng in digits, with or without dots or commas between thousands, from `least` to `most`; 0 where
    it may stay empty."""

    widget = forms.TextInput(attrs=_TYPED | {"pattern": _AMOUNT, "title": _("Write the amount in digits.")})

    def __init__(self, *, least: int = 0, most: int | None = None, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 20} | kwargs)
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
