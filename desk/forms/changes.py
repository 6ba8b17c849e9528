"""What an officer fills in to ask for a change: one form for each kind, its fields named as the request's content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from areas.models import Unit
from beneficiaries.collecting import AFTER_DEATH
from beneficiaries.models import (
    GROUNDS_OF_SCHEME,
    ChangeKind,
    ChangePath,
    Channel,
    EndReason,
    Entitlement,
    PayAt,
    PayeeRole,
    PensionKind,
    Precision,
    Provider,
    Sex,
    SuspensionGround,
)
from beneficiaries.operations.changes.applying import STOPS
from beneficiaries.operations.changes.content import label
from beneficiaries.operations.grants import Decision
from common.forms import AmountField, DayField, MonthTextField
from common.months import show_month

PART = "__"


class DecisionForm(forms.Form):
    """The decision that was signed on applications."""

    decision_number = forms.CharField(label=gettext_lazy("Decision number"), max_length=60)
    decision_date = DayField(label=gettext_lazy("Decision date"))
    decision_signer = forms.CharField(label=gettext_lazy("Signed by"), max_length=120, required=False)

    @property
    def decision(self) -> Decision:
        data = self.cleaned_data
        return Decision(data["decision_number"], data["decision_date"], data["decision_signer"])


class ChildrenField(forms.CharField):
    """Children, one a line: name; birth date; and until when at school, where that is known."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        keys = ("name", "birth_date", "studying_until")
        return "\n".join("; ".join(_shown(child[key]) for key in keys if child.get(key)) for child in value)

    def clean(self, value: Any) -> list[dict[str, str]]:
        return [self._child(line) for line in super().clean(value).splitlines() if line.strip()]

    def _child(self, line: str) -> dict[str, str]:
        name, *days = (part.strip() for part in line.split(";"))
        if not name or len(days) not in (1, 2):
            raise forms.ValidationError(_("Write each child as: full name; birth date; at school until."))
        field = DayField()
        return dict(
            zip(("name", "birth_date", "studying_until"), [name, *(field.clean(day).isoformat() for day in days)],
                strict=False)
        )  # fmt: skip


class ChangeForm(forms.Form):
    """The decision, which every kind but the way of being paid and the payee has, and whether scans follow later."""

    path = forms.ChoiceField(
        label=gettext_lazy("What you have in hand"), choices=ChangePath, widget=forms.RadioSelect
    )
    decision_number = forms.CharField(
        label=gettext_lazy("Decision number"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("of a decision that is signed already"),
    )
    decision_date = DayField(label=gettext_lazy("Decision date"), required=False)
    decision_signer = forms.CharField(label=gettext_lazy("Signed by"), max_length=120, required=False)
    scans_later = forms.BooleanField(
        label=gettext_lazy("The scanned papers follow later, within ten working days"), required=False
    )
    about = ("path", "decision_number", "decision_date", "decision_signer", "scans_later")
    signed = True

    def __init__(
        self,
        data: Any = None,
        *,
        person: Any,
        content: dict[str, Any],
        unfinished: bool = False,
        **facts: Any,
    ) -> None:
        """`facts` are the initial values beside the content; an unfinished draft may leave anything out."""
        self.person = person
        super().__init__(data, initial=_flat(content) | facts)
        for name, field in self.fields.items():
            part, _sep, key = name.rpartition(PART)
            named = f"{label(part)}: {label(key)}" if part else label(key)
            field.label = field.label or f"{named[0].upper()}{named[1:]}"
        if not self.signed:
            for name in self.about:
                del self.fields[name]
        self.prepare()
        if unfinished:
            for field in self.fields.values():
                field.required = False
        self.order_fields([name for name in self.fields if name not in self.about])

    def prepare(self) -> None:
        """Give the fields the choices that this person leaves."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if self.decided(data) and data.get("path") == ChangePath.SIGNED and self.fields["path"].required:
            for name in ("decision_number", "decision_date"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Enter the number and the date of the decision."))
        return data

    def decided(self, data: dict[str, Any]) -> bool:
        """Whether what is entered takes a decision."""
        return self.signed

    def content(self) -> dict[str, Any]:
        """What is asked, as the request keeps it."""
        found: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            if name in self.about or value in (None, "", [], False):
                continue
            part, _sep, key = name.rpartition(PART)
            (found.setdefault(part, {}) if part else found)[key] = _plain(value)
        return found


class SuspendForm(ChangeForm):
    entitlements = forms.TypedMultipleChoiceField(coerce=int, widget=forms.CheckboxSelectMultiple)
    from_month = MonthTextField()
    ground = forms.ChoiceField()
    note = forms.CharField(max_length=200, required=False)

    def prepare(self) -> None:
        running = [grant for grant in _running(self.person) if not _suspended(grant)]
        _choose(self, "entitlements", _grants(running))
        schemes = {grant.category.scheme for grant in running}
        grounds = dict.fromkeys(ground for scheme in sorted(schemes) for ground in GROUNDS_OF_SCHEME[scheme])
        _choose(self, "ground", [(ground, SuspensionGround(ground).label) for ground in grounds])


class ResumeForm(ChangeForm):
    suspensions = forms.TypedMultipleChoiceField(coerce=int, widget=forms.CheckboxSelectMultiple)
    from_month = MonthTextField()
    arrears = forms.BooleanField(required=False)

    def prepare(self) -> None:
        rows = [
            (one.pk, f"{name}: {_('from %(month)s: %(reason)s')}"
             % {"month": show_month(one.from_month), "reason": one.reason})
            for grant, name in ((grant, _named(grant)) for grant in self.person.grants)
            for one in _suspended(grant)
        ]  # fmt: skip
        _choose(self, "suspensions", rows)


class StopForm(ChangeForm):
    entitlements = forms.TypedMultipleChoiceField(coerce=int, widget=forms.CheckboxSelectMultiple)
    last_month = MonthTextField(help_text=gettext_lazy("month/year; this month is still paid"))
    why = forms.ChoiceField(choices=[(one, EndReason(one).label) for one in STOPS])
    note = forms.CharField(max_length=200, required=False)

    def prepare(self) -> None:
        _choose(self, "entitlements", _grants(_running(self.person)))


class MoveForm(ChangeForm):
    to = forms.ModelChoiceField(queryset=Unit.objects.none())
    stopped_on = DayField(help_text=gettext_lazy("day/month/year; the new place pays from the month after"))
    hamlet = forms.CharField(max_length=120, required=False)

    def prepare(self) -> None:
        homes = [home.commune_id for home in self.person.current_homes]
        standing = Q(valid_to__isnull=True) | Q(valid_to__gte=timezone.localdate())
        communes = Unit.objects.communes().filter(standing).exclude(pk__in=homes)
        self.fields["to"].queryset = communes.order_by("name", "code")  # type: ignore[attr-defined]


class PayoutForm(ChangeForm):
    channel = forms.ChoiceField(choices=Channel, widget=forms.RadioSelect)
    provider = forms.ModelChoiceField(queryset=Provider.objects.none(), required=False)
    account = forms.CharField(
        max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    holder = forms.CharField(
        max_length=120, required=False, help_text=gettext_lazy("as the bank writes it: capitals, no marks")
    )
    pay_at = forms.ChoiceField(choices=[("", "–"), *PayAt.choices], required=False)
    from_day = DayField(required=False, help_text=gettext_lazy("day/month/year; empty: when it is approved"))
    signed = False

    def prepare(self) -> None:
        banks = Provider.objects.filter(channel=Channel.BANK, active=True)
        self.fields["provider"].queryset = banks.order_by("short_name")  # type: ignore[attr-defined]


class PayeeForm(ChangeForm):
    role = forms.ChoiceField()
    name = forms.CharField(max_length=120)
    national_id = forms.CharField(max_length=12, required=False)
    document = forms.CharField(max_length=200, required=False)
    from_day = DayField(required=False, help_text=gettext_lazy("day/month/year; empty: when it is approved"))
    until = DayField(
        required=False,
        help_text=gettext_lazy("day/month/year; an authorisation without it ends after a year"),
    )
    limit = AmountField(required=False)
    signed = False

    def prepare(self) -> None:
        after = self.person.died_on is not None
        _choose(
            self, "role", [(role, name) for role, name in PayeeRole.choices if (role in AFTER_DEATH) == after]
        )

    def clean_limit(self) -> int | None:
        return self.cleaned_data["limit"] or None


class FactsForm(ChangeForm):
    """What stays empty stays as it is."""

    entitlement = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    from_month = MonthTextField(required=False)
    injury_rate = forms.IntegerField(min_value=0, max_value=100, required=False)
    seniority_years = forms.IntegerField(min_value=0, max_value=100, required=False)
    heads = forms.IntegerField(min_value=0, max_value=30, required=False)
    certificate_until = DayField(required=False)
    children = ChildrenField(
        required=False, help_text=gettext_lazy("one a line: full name; birth date; at school until")
    )
    person__name = forms.CharField(max_length=120, required=False)
    person__birth_date = DayField(required=False)
    person__birth_precision = forms.ChoiceField(choices=[("", "–"), *Precision.choices], required=False)
    person__sex = forms.ChoiceField(choices=[("", "–"), *Sex.choices], required=False)
    person__national_id = forms.CharField(max_length=12, required=False)
    person__phone = forms.CharField(max_length=20, required=False)
    person__hamlet = forms.CharField(max_length=120, required=False)
    pension__kind = forms.ChoiceField(choices=PensionKind, required=False)
    pension__amount = AmountField(required=False)
    pension__from_month = MonthTextField(required=False)

    def prepare(self) -> None:
        _choose(self, "entitlement", [("", "–"), *_grants(_running(self.person))])

    def decided(self, data: dict[str, Any]) -> bool:
        return bool(data.get("entitlement"))

    def clean_pension__amount(self) -> int | None:
        return self.cleaned_data["pension__amount"] or None


FORMS: dict[str, type[ChangeForm]] = {
    ChangeKind.CHANGE: FactsForm,
    ChangeKind.SUSPEND: SuspendForm,
    ChangeKind.RESUME: ResumeForm,
    ChangeKind.STOP: StopForm,
    ChangeKind.MOVE: MoveForm,
    ChangeKind.PAYOUT: PayoutForm,
    ChangeKind.PAYEE: PayeeForm,
}


def _choose(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined]


def _running(person: Any) -> list[Entitlement]:
    return [grant for grant in person.grants if grant.last_month is None and grant.category.kind == "monthly"]


def _suspended(grant: Entitlement) -> list[Any]:
    return [one for one in grant.suspensions.all() if one.until_month is None]


def _grants(grants: Iterable[Entitlement]) -> list[tuple[int, str]]:
    return [(grant.pk, _named(grant)) for grant in grants]


def _named(grant: Entitlement) -> str:
    return f"{grant.shown_name} ({_('since %(m)s') % {'m': show_month(grant.from_month)}})"  # type: ignore[attr-defined]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.pk if isinstance(value, (Unit, Provider)) else value


def _shown(value: str) -> str:
    try:
        return f"{dt.date.fromisoformat(value):%d/%m/%Y}"
    except ValueError:
        return value


def _flat(content: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in content.items():
        if isinstance(value, dict):
            flat |= {f"{name}{PART}{key}": _read(one) for key, one in value.items()}
        else:
            flat[name] = _read(value)
    return flat


def _read(value: Any) -> Any:
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value
    except ValueError:
        return value
