"""The form of a new grant, as the paper goes; what is typed becomes a draft that another officer decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from areas.models import Unit
from beneficiaries.duplicates import Described
from beneficiaries.models import (
    ChangeKind,
    ChangePath,
    ChangeRequest,
    Channel,
    ObstacleReason,
    PayAt,
    PayeeRole,
    Person,
    Precision,
    Provider,
    Sex,
)
from beneficiaries.operations.changes.drafting import Draft
from beneficiaries.roll.cells import Unclear, account, date_of, national_id, phone
from beneficiaries.roll.one_row import children_of
from benefits.models import Category
from common.months import month_of, show_birth
from common.text import clean_name

NUMBER = {"inputmode": "numeric", "autocomplete": "off"}
PLAIN = {"autocomplete": "off"}
# Heirs and who organises a funeral come with a death, not with a new grant.
LIVING = (PayeeRole.GUARDIAN, PayeeRole.FOSTER_CARER, PayeeRole.AUTHORISED)
_WRONG = {
    "date": _("This is no date: write dd/mm/yyyy, mm/yyyy or yyyy."),
    "month": _("This is no month: write mm/yyyy."),
    "child": _("Write: name, birth date; name, birth date."),
    "phone": _("This is no telephone number."),
    "account": _("This is no account number."),
    "id_letters": _("An identity number has only digits."),
    "id_length": _("An identity number has 12 digits, an old one 9."),
    "id_province": _("No identity number begins with these three digits."),
}


@dataclass
class Read:
    """What the form says so far: `content` as the operations take it, `wrong` by field, `typed` what is wrong."""

    content: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


def _line(label: Any, length: int, keyboard: dict[str, str] = PLAIN) -> forms.CharField:
    """A line of text that may stay empty."""
    return forms.CharField(label=label, required=False, max_length=length, widget=forms.TextInput(keyboard))


class EntryForm(forms.Form):
    """Every field may be empty: a draft is kept as it is. What a submission needs, the operations say."""

    required_css_class = ""
    path = forms.ChoiceField(
        label=_("The paper"), choices=ChangePath.choices, required=False, widget=forms.RadioSelect
    )
    scan = forms.CharField(
        label=_("Scan the card"),
        required=False,
        max_length=1000,
        help_text=_("Put the cursor here and scan the QR code on the citizen card."),
        widget=forms.TextInput(attrs=PLAIN | {"data-scan-into": "card", "spellcheck": "false"}),
    )
    name = _line(_("Full name"), 120)
    birth = forms.CharField(
        label=_("Birth date"), required=False, max_length=40, help_text=_("Day, month or only the year"),
        widget=forms.TextInput(NUMBER),
    )  # fmt: skip
    sex = forms.ChoiceField(label=_("Sex"), choices=[("", "–"), *Sex.choices], required=False)
    number = _line(_("Identity number"), 20, NUMBER)
    old_number = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    phone = _line(_("Telephone"), 20, NUMBER)
    commune = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Commune"), empty_label=None, required=False
    )
    hamlet = _line(_("Hamlet"), 120)
    category = forms.ChoiceField(
        label=_("Category"),
        required=False,
        help_text=_("Type a few words: “80 tuổi”, “khuyết tật nặng”, “liệt sĩ”"),
    )
    injury_rate = forms.IntegerField(
        label=_("Injury rate, %"), required=False, min_value=1, max_value=100, widget=forms.TextInput(NUMBER)
    )
    seniority_years = forms.IntegerField(
        label=_("Seniority, years"), required=False, min_value=1, max_value=80, widget=forms.TextInput(NUMBER)
    )
    heads = forms.IntegerField(
        label=_("Paid for, by number"),
        required=False,
        min_value=1,
        max_value=80,
        widget=forms.TextInput(NUMBER),
    )
    children = forms.CharField(
        label=_("Children or whom they care for"), required=False, max_length=500,
        help_text=_("Name, birth date; name, birth date"), widget=forms.TextInput(PLAIN),
    )  # fmt: skip
    certificate = _line(_("Disability certificate"), 60)
    certificate_on = _line(_("Its date"), 40, NUMBER)
    certificate_until = _line(_("Its last day"), 40, NUMBER)
    decision_number = _line(_("Decision number"), 60)
    decision_date = _line(_("Decision date"), 40, NUMBER)
    decision_signer = _line(_("Signed by"), 120)
    from_month = forms.CharField(
        label=_("Entitled from month"), required=False, max_length=20,
        help_text=_("Leave it empty to take the month that the law names."), widget=forms.TextInput(NUMBER),
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=_("How paid"), required=False,
        choices=[(Channel.BANK, _("Bank account")), (Channel.POST, _("Cash, by the Post"))],
        help_text=_("Everybody has the right to choose cash."), widget=forms.RadioSelect,
    )  # fmt: skip
    vietqr = forms.CharField(
        label=_("Scan the account's VietQR"), required=False, max_length=512,
        widget=forms.TextInput(PLAIN | {"data-scan-into": "vietqr", "spellcheck": "false"}),
    )  # fmt: skip
    provider = forms.ChoiceField(label=_("Bank"), required=False)
    account = _line(_("Account number"), 40, NUMBER)
    holder = _line(_("Account holder"), 120)
    pay_at = forms.ChoiceField(label=_("Where paid"), choices=PayAt.choices, required=False)
    obstacle = forms.ChoiceField(
        label=_("Why no account"), choices=[("", "–"), *ObstacleReason.choices], required=False
    )
    payee_role = forms.ChoiceField(
        label=_("Who else may collect"), required=False,
        choices=[("", _("Nobody")), *((role.value, role.label) for role in LIVING)],
    )  # fmt: skip
    payee_name = _line(_("Full name"), 120)
    payee_number = _line(_("Identity number"), 20, NUMBER)
    payee_document = _line(_("Document"), 200)
    payee_until = _line(_("Until"), 40, NUMBER)
    scans_later = forms.BooleanField(label=_("The scanned papers follow later"), required=False)

    def __init__(
        self, *args: Any, communes: QuerySet[Unit], categories: QuerySet[Category], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        english = (get_language() or "vi").startswith("en")
        commune, category, provider = (self.fields[name] for name in ("commune", "category", "provider"))
        assert isinstance(commune, forms.ModelChoiceField)
        assert isinstance(category, forms.ChoiceField)
        assert isinstance(provider, forms.ChoiceField)
        commune.queryset = communes
        category.choices = [("", "–")] + [
            (one.pk, f"{one.name_en if english else one.name_vi} · {one.pk}") for one in categories
        ]
        banks = Provider.objects.filter(channel=Channel.BANK, active=True).order_by("short_name")
        provider.choices = [("", "–"), *((bank.pk, f"{bank.short_name} · {bank.name}") for bank in banks)]

    def read(self) -> Read:
        """What can be taken of what was typed, and what is wrong with the rest."""
        self.is_valid()
        read = Read(wrong={name: str(errors[0]) for name, errors in self.errors.items()})
        data = {name: self.cleaned_data.get(name) for name in self.fields}
        person = self._person(read, data)
        content: dict[str, Any] = {"person": person, "category": data["category"]}
        content |= {key: data[key] for key in ("injury_rate", "seniority_years", "heads")}
        content["children"] = self._children(read)
        content["disability_certificate"] = data["certificate"]
        content["certificate_on"] = self._day(read, "certificate_on")
        content["certificate_until"] = self._day(read, "certificate_until")
        content["from_month"] = self._month(read, "from_month")
        content["payout"] = self._payout(read, data)
        content["obstacle"] = data["obstacle"] if data["channel"] != Channel.BANK else ""
        if data["payee_role"]:
            content["payee"] = _given(
                role=data["payee_role"], name=clean_name(data["payee_name"] or ""), document=data["payee_document"],
                national_id=self._number(read, "payee_number", None, ""), until=self._day(read, "payee_until"),
            )  # fmt: skip
        read.content = _given(**content)
        read.typed = {name: str(self.data.get(name, ""))[:500] for name in read.wrong}
        return read

    def draft(self, read: Read, *, commune: Unit, person: Person | None) -> Draft:
        """The request as the operations keep it; what cannot be read stays in it as typed."""
        data = self.cleaned_data
        content = dict(read.content)
        if person is not None:
            for key in ("person", "payout", "payee", "obstacle"):
                content.pop(key, None)
        if read.typed:
            content["typed"] = read.typed
        signed = data.get("path") != ChangePath.APPLICATION
        day = self._day(Read(), "decision_date") if signed else None
        return Draft(
            kind=ChangeKind.NEW,
            path=ChangePath.SIGNED if signed else ChangePath.APPLICATION,
            commune=commune,
            content=content,
            person=person,
            decision_number=(data.get("decision_number") or "") if signed else "",
            decision_date=date.fromisoformat(day) if day else None,
            decision_signer=(data.get("decision_signer") or "") if signed else "",
            scans_later=bool(data.get("scans_later")),
        )

    def described(self, read: Read, commune: int | None) -> Described | None:
        """Who this is, as far as it says enough to look for them."""
        person = read.content.get("person", {})
        if not person.get("name") or not person.get("birth_date"):
            return None
        return Described(
            name=person["name"],
            birth=date.fromisoformat(person["birth_date"]),
            precision=person.get("birth_precision", Precision.DAY),
            number=person.get("national_id", ""),
            old_number=self.cleaned_data.get("old_number") or "",
            commune=commune,
        )

    def _person(self, read: Read, data: dict[str, Any]) -> dict[str, Any]:
        found = self._ask(read, "birth", lambda text: date_of(with_strokes(text)))
        year = found[0].year if found else None
        return _given(
            name=clean_name(data["name"] or ""),
            birth_date=found[0].isoformat() if found else "",
            birth_precision=found[1] if found else "",
            sex=data["sex"],
            national_id=self._number(read, "number", year, data["sex"] or ""),
            phone=self._ask(read, "phone", phone) or "",
            hamlet=clean_name(data["hamlet"] or ""),
        )

    def _payout(self, read: Read, data: dict[str, Any]) -> dict[str, Any]:
        if data["channel"] != Channel.BANK:
            return (
                {"channel": Channel.POST, "pay_at": data["pay_at"] or PayAt.POINT} if data["channel"] else {}
            )
        number = self._ask(read, "account", account)
        return {"channel": Channel.BANK} | _given(
            provider=data["provider"],
            account=number[0] if number else "",
            holder=clean_name(data["holder"] or ""),
        )

    def _children(self, read: Read) -> list[dict[str, str]]:
        return [
            {
                "name": child.name,
                "birth_date": child.birth_date.isoformat(),
                "birth_precision": child.birth_precision,
            }
            for child in self._ask(read, "children", children_of) or []
        ]

    def _number(self, read: Read, name: str, year: int | None, sex: str) -> str:
        found = self._ask(read, name, lambda text: national_id(text, year, sex))
        return found[0] if found else ""

    def _day(self, read: Read, name: str) -> str:
        found = self._ask(read, name, lambda text: date_of(with_strokes(text)))
        if found and found[1] != Precision.DAY:
            read.wrong.setdefault(name, str(_WRONG["date"]))
            return ""
        return found[0].isoformat() if found else ""

    def _month(self, read: Read, name: str) -> str:
        found = self._ask(read, name, lambda text: date_of(with_strokes(text)))
        if found and found[1] == Precision.YEAR:
            read.wrong.setdefault(name, str(_WRONG["month"]))
            return ""
        return month_of(found[0]).isoformat() if found else ""

    def _ask(self, read: Read, name: str, how: Any) -> Any:
        text = self.cleaned_data.get(name) or ""
        if not text:
            return None
        try:
            return how(text)
        except Unclear as unclear:
            read.wrong.setdefault(name, str(_WRONG.get(unclear.code, _WRONG["date"])))
            return None


def with_strokes(text: str) -> str:
    """`10091944` as 10/09/1944 and `091944` as 09/1944: digits alone are quicker to type."""
    plain = text.strip()
    if not (plain.isascii() and plain.isdigit()):
        return plain
    if len(plain) == 8:
        return f"{plain[:2]}/{plain[2:4]}/{plain[4:]}"
    return f"{plain[:2]}/{plain[2:]}" if len(plain) == 6 else plain


def initial_of(request: ChangeRequest) -> dict[str, Any]:
    """The form's values of a draft kept before."""
    asked = request.asked
    person, payout, payee = (asked.get(key, {}) for key in ("person", "payout", "payee"))
    values = {
        "path": request.path, "name": person.get("name"), "sex": person.get("sex"), "number": person.get("national_id"),
        "birth": _shown(person.get("birth_date"), person.get("birth_precision", Precision.DAY)),
        "phone": person.get("phone"), "hamlet": person.get("hamlet"), "commune": request.commune_id,
        "certificate": asked.get("disability_certificate"), "certificate_on": _shown(asked.get("certificate_on")),
        "certificate_until": _shown(asked.get("certificate_until")),
        "from_month": _shown(asked.get("from_month"), Precision.MONTH), "decision_number": request.decision_number,
        "decision_date": f"{request.decision_date:%d/%m/%Y}" if request.decision_date else "",
        "decision_signer": request.decision_signer, "scans_later": request.scans_due is not None,
        "children": "; ".join(
            f"{one['name']}, {_shown(one['birth_date'], one.get('birth_precision', Precision.DAY))}"
            for one in asked.get("children", [])
        ),
        "payee_role": payee.get("role"), "payee_name": payee.get("name"), "payee_number": payee.get("national_id"),
        "payee_document": payee.get("document"), "payee_until": _shown(payee.get("until")),
        **{key: asked.get(key) for key in ("category", "injury_rate", "seniority_years", "heads", "obstacle")},
        **{key: payout.get(key) for key in ("channel", "provider", "account", "holder", "pay_at")},
    }  # fmt: skip
    return {key: value for key, value in values.items() if value not in (None, "")} | asked.get("typed", {})


def _shown(text: str | None, precision: str = Precision.DAY) -> str:
    if not text:
        return ""
    return show_birth(date.fromisoformat(text), precision)


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}
