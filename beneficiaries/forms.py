"""What officers fill in on the pages of people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from areas.models import Unit
from beneficiaries.models import Channel
from benefits.models import Category, Scheme


class PersonFilterForm(forms.Form):
    """The filters of the list of people, all optional; a value nobody offered filters nothing."""

    commune = forms.ChoiceField(label=_("Commune"), required=False)
    receives = forms.ChoiceField(label=_("Category"), required=False)
    channel = forms.ChoiceField(label=_("Receives by"), required=False)

    def __init__(
        self, *args: Any, communes: QuerySet[Unit], categories: QuerySet[Category], **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"auto_id": "filter_%s"} | kwargs)
        commune, receives, channel = (self.fields[name] for name in ("commune", "receives", "channel"))
        assert isinstance(commune, forms.ChoiceField)
        assert isinstance(receives, forms.ChoiceField)
        assert isinstance(channel, forms.ChoiceField)
        commune.choices = [("", _("Any")), *((unit.pk, unit.name) for unit in communes)]
        english = (get_language() or "vi").startswith("en")
        by_scheme: dict[str, list[tuple[str, str]]] = {
            scheme: [(scheme, str(_("All of them")))] for scheme in Scheme
        }
        for category in categories:
            by_scheme[category.scheme].append(
                (category.pk, category.name_en if english else category.name_vi)
            )
        receives.choices = [
            ("", _("Any")),
            *((Scheme(key).label, options) for key, options in by_scheme.items()),
        ]
        channel.choices = [("", _("Any")), *Channel.choices]

    def chosen(self) -> dict[str, Any]:
        """The filters as `find_people` takes them."""
        self.is_valid()
        commune, receives = self.cleaned_data.get("commune") or "", self.cleaned_data.get("receives") or ""
        return {
            "commune": int(commune) if commune else None,
            "scheme": receives if receives in Scheme.values else "",
            "category": "" if receives in Scheme.values else receives,
            "channel": self.cleaned_data.get("channel") or "",
        }
