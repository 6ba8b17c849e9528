"""The guided case of a death: one form for all that follows from it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy

from beneficiaries.operations.changes.deaths import LUMP_SUM, funerals_for, lump_sum_for
from benefits.models import Category, Component
from common.forms import DayField
from desk.forms.changes import ChangeForm


class DeathForm(ChangeForm):
    """The stop and the heirs, the funeral, three months' allowance, and a survivor whose own grant begins a draft."""

    died_on = DayField()
    certificate = forms.CharField(max_length=200)
    heir__name = forms.CharField(
        label=gettext_lazy("Heir who collects the last month"), max_length=120, required=False
    )
    heir__national_id = forms.CharField(max_length=12, required=False)
    heir__document = forms.CharField(max_length=200, required=False)
    organiser__name = forms.CharField(
        label=gettext_lazy("Who organises the funeral"), max_length=120, required=False
    )
    organiser__national_id = forms.CharField(max_length=12, required=False)
    organiser__document = forms.CharField(max_length=200, required=False)
    funeral = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Of several the highest is paid, once."),
    )
    lump_sum = forms.BooleanField(required=False)
    survivor__name = forms.CharField(
        label=gettext_lazy("Survivor who may have an allowance of their own"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Begins a draft of a new grant, to be completed and submitted by itself."),
    )
    survivor__birth_date = DayField(required=False)
    survivor__national_id = forms.CharField(max_length=12, required=False)
    survivor__category = forms.ChoiceField(required=False)

    def prepare(self) -> None:
        today = self.initial["today"]
        died_on = self.person.died_on or today
        english = (get_language() or "vi").startswith("en")
        names = {
            code: name_en if english else name_vi
            for code, name_vi, name_en in Category.objects.values_list("code", "name_vi", "name_en")
        }
        codes = funerals_for(self.person, died_on)
        choices: Any = self.fields["funeral"]
        choices.choices = [(code, names[code]) for code in codes]
        if not codes:
            del self.fields["funeral"]
        elif "died_on" not in self.initial:
            self.initial["funeral"] = codes
        if not lump_sum_for(self.person, died_on):
            del self.fields["lump_sum"]
        else:
            self.fields["lump_sum"].help_text = names[LUMP_SUM]
            self.initial.setdefault("lump_sum", "died_on" not in self.initial)
        survivors = Category.objects.filter(component__in=(Component.TUAT, Component.TUAT_ND)).order_by(
            "code"
        )
        survivor: Any = self.fields["survivor__category"]
        survivor.choices = [("", "–"), *((one.code, names[one.code]) for one in survivors)]

    def content(self) -> dict[str, Any]:
        found = super().content()
        found.pop("survivor", None)
        return found

    def survivor(self) -> dict[str, Any] | None:
        """What the survivor's own draft asks, or None where nobody is named."""
        found = super().content().get("survivor", {})
        category = found.pop("category", "")
        return {"category": category, "person": found} if found.get("name") else None
