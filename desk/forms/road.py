"""What officers fill in on the road to cashless: filters, a talk and its answers, a plan, an account-opening day."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from areas.models import Unit
from beneficiaries.models import ANSWERS, Channel, Group, ObstacleReason, Provider, Way
from beneficiaries.next_steps import ACCOUNT_TROUBLES
from beneficiaries.operations.outreach import Answered
from common.forms import DayField
from common.keyset import number_of
from desk.queries.road import NO_REASON, Wanted

REASONS: list[tuple[str, Any]] = [
    ("", gettext_lazy("Any")),
    (NO_REASON, gettext_lazy("no reason noted yet")),
    *ObstacleReason.choices,
    *ACCOUNT_TROUBLES.items(),
]


class RoadFilterForm(forms.Form):
    """The filters of the worklist; what nobody offered filters nothing."""

    commune = forms.ChoiceField(label=gettext_lazy("Commune"))
    hamlet = forms.ChoiceField(label=gettext_lazy("Hamlet"), required=False)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), required=False, choices=REASONS)
    group = forms.ChoiceField(
        label=gettext_lazy("Group"), required=False, choices=[("", gettext_lazy("Any")), *Group.choices]
    )
    due = DayField(label=gettext_lazy("To be asked by"), required=False, help_text="")
    due.widget.attrs["placeholder"] = gettext_lazy("day/month/year")

    def __init__(self, *args: Any, communes: list[Unit], hamlets: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "filter_%s"} | kwargs)
        commune, hamlet = self.fields["commune"], self.fields["hamlet"]
        assert isinstance(commune, forms.ChoiceField)
        assert isinstance(hamlet, forms.ChoiceField)
        commune.choices = [(one.pk, one.name) for one in communes]
        hamlet.choices = [("", _("Any")), *((name, name) for name in hamlets)]

    def wanted(self, commune: int) -> Wanted:
        """The filters as `on_the_post` takes them."""
        self.is_valid()
        data = self.cleaned_data
        return Wanted(
            commune=commune,
            hamlet=data.get("hamlet") or "",
            reason=data.get("reason") or "",
            group=data.get("group") or "",
            due=data.get("due"),
        )


class TalkForm(forms.Form):
    """When, how and by whom people were told."""

    on = DayField(label=gettext_lazy("Day"))
    way = forms.ChoiceField(label=gettext_lazy("How"), choices=Way.choices)
    told_by = forms.CharField(label=gettext_lazy("Who told them"), max_length=120)


class AnswerForm(forms.Form):
    """What one person answered; without an answer nothing is noted of them."""

    answer = forms.ChoiceField(
        label=gettext_lazy("What they answered"), required=False, choices=[("", "–"), *ANSWERS]
    )
    again = DayField(label=gettext_lazy("Ask again on"), required=False)
    heard_by = forms.CharField(label=gettext_lazy("Told in their place"), max_length=120, required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)
    wish = forms.BooleanField(label=gettext_lazy("They spoke of it themselves"), required=False)

    def __init__(self, data: Any, *, person: Any, final: bool) -> None:
        super().__init__(data, prefix=f"p{person.pk}")
        self.person, self.final = person, final
        if not final:
            del self.fields["wish"]

    def answered(self) -> Answered | None:
        data = self.cleaned_data
        if not data["answer"]:
            return None
        return Answered(
            person_id=self.person.pk,
            answer=data["answer"],
            heard_by=data["heard_by"],
            ask_again_on=data["again"],
            note=data["note"],
            own_wish=bool(data.get("wish")),
        )


class PlanForm(forms.Form):
    """A meeting or a round of visits to come."""

    on = DayField(label=gettext_lazy("Day"))
    way = forms.ChoiceField(label=gettext_lazy("How"), choices=Way.choices, initial=Way.MEETING)
    group = forms.ChoiceField(
        label=gettext_lazy("Group"), required=False, choices=[("", gettext_lazy("Everybody")), *Group.choices]
    )
    hamlets = forms.MultipleChoiceField(
        label=gettext_lazy("Hamlets"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all of them."),
    )  # fmt: skip
    place = forms.CharField(label=gettext_lazy("Place"), max_length=120, required=False)

    def __init__(self, *args: Any, hamlets: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["hamlets"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(name, name) for name in hamlets]


class CampaignForm(forms.Form):
    """An account-opening day to be held."""

    provider = forms.ModelChoiceField(
        Provider.objects.filter(channel=Channel.BANK, active=True).order_by("short_name"),
        label=gettext_lazy("Bank"),
    )  # fmt: skip
    on = DayField(label=gettext_lazy("Day"))
    place = forms.CharField(label=gettext_lazy("Place"), max_length=120)


class OpenedForm(forms.Form):
    """The file in which the bank says what it opened."""

    file = forms.FileField(
        label=gettext_lazy("The bank's Excel or CSV file"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
    )


def chosen_ids(query: QueryDict, name: str, most: int) -> list[int]:
    """The numbers that an address or a form names, in order, each once, no more than `most`."""
    found = [number for text in query.getlist(name) if (number := number_of(text))]
    return list(dict.fromkeys(found))[:most]
