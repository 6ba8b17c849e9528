"""What an entry of the audit says, in the words of the site: tables, columns and values by their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import Entry
from benefits.models import Category
from common.fields import MonthField
from common.money import format_vnd

MASKED = "…"
# Rows and columns whose models give them no name of their own. Other columns without one are machinery (digests,
# links, moments that the entry's own line tells) and are left out.
_THINGS = {
    "payments_stoporder": gettext_lazy("order to stop a payment"),
    "payments_cashreturn": gettext_lazy("cash given back"),
    "postal_callback": gettext_lazy("call to a person drawn at random"),
    "postal_correction": gettext_lazy("correction of a mark"),
    "postal_notice": gettext_lazy("question from the Post"),
    "postal_personpoint": gettext_lazy("pay point of one person"),
}
_COLUMNS = {
    "state": gettext_lazy("state"),
    "kind": gettext_lazy("kind"),
    "month": gettext_lazy("month"),
    "scheme": gettext_lazy("scheme"),
    "note": gettext_lazy("note"),
    "result": gettext_lazy("outcome"),
}
# Told by the page itself, or of no meaning to a reader.
_UNSAID = {"id", "uuid", "person_id", "batch_id"}


@dataclass(frozen=True, slots=True)
class Change:
    """One column: its name, what it held and what it holds; '' where it held nothing."""

    name: str
    old: str
    new: str


class Words:
    """The words of the entries of one page: what they refer to is read once for all of them."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._tables = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
        entries = list(entries)
        self._names = self._referred(entries)
        self._officers = User.objects.in_bulk({entry.officer_id for entry in entries if entry.officer_id})

    def officer(self, entry: Entry) -> str:
        """Who was at work: the officer, or by what the system worked."""
        found = self._officers.get(entry.officer_id) if entry.officer_id else None
        if found:
            return str(found)
        what, _space, name = entry.source.partition(",")[0].partition(" ")
        return _("command %(name)s") % {"name": name} if what == "command" else f"{what} {name}".strip()

    def thing(self, entry: Entry) -> str:
        """What kind of row it was, as it is called on the pages."""
        if entry.table_name in _THINGS:
            return str(_THINGS[entry.table_name])
        model = self._tables.get(entry.table_name)
        return str(model._meta.verbose_name) if model else entry.table_name

    def looked(self, entry: Entry) -> tuple[str, str]:
        """Of a look: the number that was shown, and the reason given."""
        said = entry.new or {}
        return self._column_name(entry.table_name, said.get("column", "")), said.get("reason", "")

    def changes(self, entry: Entry) -> list[Change]:
        """Column by column; those that say nothing to a reader are left out."""
        old, new = entry.old or {}, entry.new or {}
        told = []
        for column in sorted(old.keys() | new.keys()):
            before, after = (self._value(entry.table_name, column, row.get(column)) for row in (old, new))
            name = self._column_name(entry.table_name, column)
            if column not in _UNSAID and name and (before or after):
                told.append(Change(name, before, after))
        return told

    def _field(self, table: str, column: str) -> Any:
        model = self._tables.get(table)
        fields = model._meta.concrete_fields if model else []
        return next((field for field in fields if field.column == column), None)

    def _column_name(self, table: str, column: str) -> str:
        """An index beside an encrypted number stands for the number; '' for what has no name on any page."""
        field = self._field(table, column.removesuffix("_index")) or self._field(table, column)
        if field is None:
            return column
        return str(field.verbose_name) if field._verbose_name else str(_COLUMNS.get(column, ""))

    def _value(self, table: str, column: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if value == MASKED:
            return _("(kept secret)")
        field = self._field(table, column)
        if isinstance(field, models.ForeignKey):
            return self._names.get((field.related_model, str(value)), str(value))
        choices = dict(getattr(field, "flatchoices", None) or ())
        if value in choices:
            return str(choices[value])
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
            day = date.fromisoformat(value)
            return f"{day:%m/%Y}" if isinstance(field, MonthField) else f"{day:%d/%m/%Y}"
        if isinstance(field, models.BigIntegerField) and isinstance(value, int):
            return format_vnd(value).replace(" ", "\u00a0")
        if isinstance(field, models.DateTimeField):
            return f"{timezone.localtime(datetime.fromisoformat(value)):%H:%M, %d/%m/%Y}"
        return str(value)

    def _referred(self, entries: list[Entry]) -> dict[tuple[Any, str], str]:
        wanted: dict[Any, set[Any]] = defaultdict(set)
        for entry in entries:
            for column, value in [*(entry.old or {}).items(), *(entry.new or {}).items()]:
                field = self._field(entry.table_name, column)
                if isinstance(field, models.ForeignKey) and value is not None:
                    wanted[field.related_model].add(value)
        english = (get_language() or "vi").startswith("en")
        names = {}
        for model, keys in wanted.items():
            for key, found in model._default_manager.in_bulk(keys).items():
                if isinstance(found, Category):
                    names[model, str(key)] = found.name_en if english else found.name_vi
                elif type(found).__str__ is not models.Model.__str__:
                    names[model, str(key)] = str(found)
        return names
