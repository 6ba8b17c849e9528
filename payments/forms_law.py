"""What officers fill in to change the law's tables or to try a change: a file of rows, or one row."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from beneficiaries.roll.cells import Unclear
from beneficiaries.roll.table import UnreadableFile
from benefits.entering import Entered, LawRow, RowsRefused, complete
from benefits.models import Base, Confidence, Rate
from common.forms import AmountField, DayField, MonthTextField
from payments.law_files import coefficient_of, read_law_file

MAX_FILE_BYTES = 5 * 2**20


class RowsForm(forms.Form):
    """A file of rows, or one row written here. `rows` holds the completed rates and bases once it is valid."""

    file = forms.FileField(
        label=_("File of rates (Excel or CSV)"),
        required=False,
        help_text=_("The table to download has the right headings. Only rows that change need to be in it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
    )
    code = forms.ChoiceField(label=_("Or one base or rate"), required=False)
    amount = AmountField(label=_("Amount, đồng"), required=False)
    coefficient = forms.CharField(
        label=_("Coefficient"),
        max_length=8,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    area = forms.ChoiceField(label=_("A province's own base"), required=False)

    def __init__(self, *args: Any, provinces: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows: list[LawRow] = []
        code, area = self.fields["code"], self.fields["area"]
        assert isinstance(code, forms.ChoiceField)
        assert isinstance(area, forms.ChoiceField)
        code.choices = _codes()
        area.choices = [("", _("The whole country")), *provinces]

    def clean_amount(self) -> int | None:
        return self.cleaned_data["amount"] or None

    def clean_coefficient(self) -> Any:
        try:
            return coefficient_of(self.cleaned_data["coefficient"])
        except Unclear as error:
            raise forms.ValidationError(str(error)) from error

    def entered(self, dated: dict[str, Any]) -> list[Entered]:
        """The rows of the file, or the one row. Raises UnreadableFile or RowsRefused."""
        upload, code = self.cleaned_data.get("file"), self.cleaned_data.get("code")
        if upload:
            return _read(upload)
        if not code:
            raise RowsRefused([(0, gettext("Choose a file, or one base or rate to change."))])
        values: dict[str, Any] = {name: self.cleaned_data.get(name) for name in ("amount", "coefficient")}
        return [Entered(line=0, code=code, area=self.cleaned_data.get("area") or "", **values, **dated)]

    def complete(self, *, dated: dict[str, Any], source: str, month: date | None = None) -> None:
        """Fill `rows`, or add why the rows cannot be taken as the form's own errors."""
        try:
            self.rows = complete(self.entered(dated), source=source, month=month)
        except UnreadableFile as error:
            self.add_error("file", str(error))
        except RowsRefused as error:
            self.refuse(error)

    def refuse(self, error: RowsRefused) -> None:
        for line, problem in error.problems[:20]:
            text = (
                gettext("Row %(line)s: %(problem)s") % {"line": line, "problem": problem} if line else problem
            )
            self.add_error(None, text)


class ProposalForm(RowsForm):
    """A change of law with where it comes from and when it counts."""

    source = forms.CharField(label=_("Decree or resolution"), max_length=200)
    applies_from = MonthTextField(
        label=_("Applies from month"),
        required=False,
        help_text=_("month/year: for one row, and for rows of the file that have no month of their own."),
    )
    in_force_from = DayField(
        label=_("In force from"),
        required=False,
        help_text=_(
            "day/month/year: when the decree takes effect; it may lie after the month from which it applies."
        ),
    )
    confidence = forms.ChoiceField(
        label=_("How sure"),
        choices=Confidence.choices,
        initial=Confidence.VERIFIED,
        help_text=_("Rates that are not verified against the legal text are marked wherever they are shown."),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    field_order = ("source", "file", "code", "amount", "coefficient", "area", "applies_from", "in_force_from",
                   "confidence", "note")  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            dated = {name: cleaned.get(name) for name in ("applies_from", "in_force_from", "confidence")}
            self.complete(dated=dated, source=cleaned["source"])
        return cleaned

    def entered(self, dated: dict[str, Any]) -> list[Entered]:
        rows = super().entered(dated)
        return [_dated(row, dated) for row in rows]


class SimulationForm(RowsForm):
    """A change to try on one month."""

    month = MonthTextField(label=_("Month"))

    field_order = ("month", "file", "code", "amount", "coefficient", "area")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            self.complete(dated={}, source=gettext("simulation"), month=cleaned["month"])
        return cleaned


def _dated(row: Entered, dated: dict[str, Any]) -> Entered:
    blank = {name: value for name, value in dated.items() if value and not getattr(row, name)}
    return Entered(**{name: getattr(row, name) for name in row.__slots__} | blank)


def _read(upload: UploadedFile) -> list[Entered]:
    if (upload.size or 0) > MAX_FILE_BYTES:
        raise UnreadableFile("too_large", gettext("The file is larger than any table of rates."))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rates"
        with path.open("wb") as target:
            for chunk in upload.chunks():
                target.write(chunk)
        return read_law_file(path)


def _codes() -> list[Any]:
    english = (get_language() or "vi").startswith("en")
    bases = Base.objects.order_by("base_code").values_list("base_code", flat=True).distinct()
    bands: dict[str, str] = {}
    for rate in Rate.objects.order_by("category__scheme", "band_code", "applies_from"):
        bands[rate.band_code] = rate.band_name_en if english else rate.band_name_vi
    return [
        ("", "–"),
        (str(gettext("Bases")), [(code, base_label(code)) for code in bases]),
        (str(gettext("Rates")), [(code, f"{code} · {name}"[:110]) for code, name in bands.items()]),
    ]


def base_label(code: str) -> str:
    """A base's code with its name in the reader's language."""
    names = {
        "BTXH_STANDARD": gettext("standard level of social assistance"),
        "SOCIAL_PENSION": gettext("social pension level"),
        "NCC_STANDARD": gettext("standard level for people with revolutionary contributions"),
        "BASE_SALARY": gettext("base salary"),
    }
    return f"{code} · {names[code]}" if code in names else code
