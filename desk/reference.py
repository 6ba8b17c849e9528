"""The reference tables as they stand, for other systems and for looking something up: by django-import-export.

Read only. What may be changed by a file has its own way: rates and bases as a change of law of two officers, people as
a roll; units and banks come with the release.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from import_export.formats import base_formats
from import_export.resources import ModelResource

from areas.models import Unit
from beneficiaries.models import Provider
from benefits.models import Base, Category, Rate
from common.workbooks import XLSX


class PlainText(ModelResource):
    """Text that a spreadsheet would reckon begins with an apostrophe, as OWASP advises for CSV."""

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> Any:
        value = super().export_field(field, instance, **kwargs)
        return (
            f"'{value}"
            if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
            else value
        )


class Categories(PlainText):
    class Meta:
        model = Category


class Rates(PlainText):
    class Meta:
        model = Rate
        exclude = ("id",)


class Bases(PlainText):
    class Meta:
        model = Base
        exclude = ("id",)
        fields = (
            "base_code", "area__code", "amount", "applies_from", "applies_to", "in_force_from", "ends_in_force_from",
            "legal_source", "confidence", "confidence_note",
        )  # fmt: skip


class Units(PlainText):
    class Meta:
        model = Unit
        fields = (
            "level", "code", "kind", "name", "parent__code", "paying_unit__code", "valid_from", "valid_to",
        )  # fmt: skip


class Providers(PlainText):
    class Meta:
        model = Provider


@dataclass(frozen=True, slots=True)
class Table:
    """A reference table: its key in addresses, its name, and how it is exported."""

    key: str
    label: str | Promise
    resource: type[ModelResource]
    order: tuple[str, ...]


TABLES = {
    table.key: table
    for table in (
        Table("categories", _("Categories"), Categories, ("scheme", "code")),
        Table("rates", _("Rates"), Rates, ("category", "band_code", "applies_from")),
        Table("bases", _("Bases"), Bases, ("base_code", "applies_from", "pk")),
        Table("units", _("Units"), Units, ("level", "code", "valid_from")),
        Table("providers", _("Banks and the Post"), Providers, ("channel", "code")),
    )
}
FORMATS = {
    "xlsx": (base_formats.XLSX, XLSX),
    "csv": (base_formats.CSV, "text/csv; charset=utf-8"),
}


def exported(table: Table, form: str) -> bytes:
    """The whole table in a format of FORMATS; no cell becomes a formula. CSV begins with the mark that Excel wants."""
    resource = table.resource()
    rows = resource._meta.model.objects.order_by(*table.order)
    made = FORMATS[form][0]().export_data(resource.export(rows))
    return made if isinstance(made, bytes) else b"\xef\xbb\xbf" + made.encode()
