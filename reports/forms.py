"""What officers fill in on the pages of the reports."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from areas.models import Unit
from benefits.models import Category, Scheme
from common.forms import AmountField, DayField
from common.numbers import in_vietnamese
from reports.models import DifficultyKind, GiftList, Occasion


class TargetForm(forms.Form):
    """A new target; the rate is written in percent."""

    percent = forms.DecimalField(
        label=_("Through accounts, %"), min_value=Decimal("0.01"), max_value=100, decimal_places=2
    )
    on_date = DayField(label=_("To be reached by"))
    scheme = forms.ChoiceField(
        label=_("Scheme"), required=False, choices=[("", _("Both schemes")), *Scheme.choices]
    )
    unit = forms.ModelChoiceField(
        label=_("Unit"), required=False, queryset=Unit.objects.none(), empty_label=_("Whole province")
    )
    source = forms.CharField(label=_("Source"), max_length=200, required=False)

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    @property
    def rate(self) -> Decimal:
        percent: Decimal = self.cleaned_data["percent"]
        return percent / 100


class DifficultyForm(forms.Form):
    """A difficulty as a unit raises it. Names of people do not belong here: everybody above the unit reads it."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("Difficulty"), choices=DifficultyKind)
    people = forms.IntegerField(label=_("People held back, about"), min_value=1, max_value=1_000_000)
    text = forms.CharField(
        label=_("What it is"),
        help_text=_("Name no beneficiary here."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    proposal = forms.CharField(
        label=_("What you propose"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The answer to a difficulty, and who sees to it."""

    answer = forms.CharField(label=_("Answer"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    assigned_to = forms.CharField(label=_("Who sees to it"), max_length=120, required=False)


class GiftForm(forms.Form):
    """A gift list: the decision, the day, and what each category is given; `like` an earlier list's amounts."""

    occasion = forms.ChoiceField(label=_("Occasion"), choices=Occasion)
    on_date = DayField(
        label=_("Entitled on"),
        help_text=_("day/month/year: people who hold a benefit in this month and are alive on this day."),
    )
    decision_number = forms.CharField(label=_("Decision number"), max_length=60)
    decision_date = DayField(label=_("Decision date"))

    def __init__(self, *args: Any, like: GiftList | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = dict(like.amounts.values_list("category", "amount")) if like else {}
        if like:
            self.initial["occasion"] = like.occasion
        vietnamese = in_vietnamese()
        self.categories = list(Category.objects.filter(kind="monthly").order_by("-scheme", "code"))
        for category in self.categories:
            self.fields[self._field(category)] = AmountField(
                label=category.name_vi if vietnamese else category.name_en,
                required=False,
                least=1,
                most=100_000_000,
                initial=given.get(category.code),
            )

    @property
    def decision(self) -> list[forms.BoundField]:
        return [self[name] for name in ("occasion", "on_date", "decision_number", "decision_date")]

    @property
    def presents(self) -> list[tuple[Category, forms.BoundField]]:
        return [(category, self[self._field(category)]) for category in self.categories]

    @property
    def facts(self) -> dict[str, Any]:
        """What `make_gift_list` takes."""
        facts = {
            name: self.cleaned_data[name]
            for name in ("occasion", "on_date", "decision_number", "decision_date")
        }
        return facts | {"amounts": self._amounts()}

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self._amounts():
            raise forms.ValidationError(_("Write an amount for at least one category."))
        return self.cleaned_data

    def _amounts(self) -> dict[str, int]:
        amounts = (
            (category.code, self.cleaned_data.get(self._field(category))) for category in self.categories
        )
        return {code: amount for code, amount in amounts if amount}

    @staticmethod
    def _field(category: Category) -> str:
        return f"amount_{category.code}"


def today_first(rows: QuerySet[Unit], on: dt.date) -> QuerySet[Unit]:
    """Units in being on a day, by level and name, as a form offers them."""
    return rows.filter(pk__in=Unit.objects.on(on)).order_by("-level", "name", "code")
