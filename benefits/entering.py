"""Dated rates and bases as an officer enters them, a row each, completed from what the tables hold of the same code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from areas.models import Unit
from benefits.models import Base, Category, Confidence, Rate

LawRow = Rate | Base
_NOT_KEPT = {"id", "from_file"}
# A row that differs in these alone changes nobody's money and no source.
_UNWEIGHED = {"table", "confidence_note", "band_name_vi", "band_name_en", "applies_to", "ends_in_force_from"}


class RowsRefused(Exception):
    """Rows that cannot become law as they stand; nothing was written. `problems` are (line, what to do)."""

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        self.problems = list(problems)
        super().__init__(
            " ".join(
                (_("Row %(line)s: %(problem)s") % {"line": line, "problem": text}) if line else text
                for line, text in self.problems[:20]
            )
        )


@dataclass(frozen=True, slots=True)
class Entered:
    """One row as it was entered. `code` is a base's code or a band's (BTXH_STANDARD, TB_45); blank facts are taken
    from the band's latest row. Amounts in đồng; `area` is the code of a province with a base of its own."""

    line: int
    code: str
    applies_from: dt.date | None = None
    in_force_from: dt.date | None = None
    amount: int | None = None
    coefficient: Decimal | None = None
    applies_to: dt.date | None = None
    ends_in_force_from: dt.date | None = None
    area: str = ""
    legal_source: str = ""
    article: str = ""
    confidence: str = ""
    confidence_note: str = ""
    category: str = ""
    base_code: str = ""
    age_from: int | None = None
    age_to: int | None = None
    injury_from: int | None = None
    injury_to: int | None = None


def complete(rows: Iterable[Entered], *, source: str = "", month: dt.date | None = None) -> list[LawRow]:
    """The rows as unsaved rates and bases. `source` (and `month`, for a simulation) stand where a row has none.

    Raises RowsRefused with every problem found: an unknown code, both or neither of amount and coefficient, a
    missing month or source.
    """
    known = _Known()
    made: list[LawRow] = []
    problems: list[tuple[int, str]] = []
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        try:
            found = known.completed(row, source, month)
            for one in found:
                # An open end is null, which forms would call blank.
                absent = [column.name for column in one._meta.fields if getattr(one, column.attname) is None]
                one.clean_fields(exclude=["area", "category", *absent])
                earlier = seen.setdefault(key_of(one), row.line)
                if earlier != row.line:
                    raise ValidationError(_("the same as row %(line)s.") % {"line": earlier})
        except ValidationError as error:
            problems.append((row.line, " ".join(error.messages)))
        else:
            made += found
    if problems:
        raise RowsRefused(problems)
    if not made:
        raise RowsRefused([(0, _("There is no row of a rate or base in it."))])
    changing = [row for row in made if not _is_in_the_tables(row)]
    if not changing:
        raise RowsRefused([(0, _("Every row is in the tables already: nothing would change."))])
    return changing


def _is_in_the_tables(row: LawRow) -> bool:
    """Whether a table that was downloaded and loaded again still holds this row as it was."""
    same = {name: value for name, value in as_json(row).items() if name not in _UNWEIGHED}
    return type(row).objects.filter(**same).exists()


def key_of(row: LawRow) -> tuple[Any, ...]:
    """What makes a later row the same row, entered again."""
    when = (row.applies_from, row.in_force_from)
    if isinstance(row, Base):
        return ("base", row.base_code, row.area_id, *when)
    return ("rate", row.category_id, row.band_code, row.age_from, *when)


def as_json(row: LawRow) -> dict[str, Any]:
    """A row as a proposal keeps it: every column but its number, dates and coefficients as text."""
    kept = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in _NOT_KEPT
    }
    texts = {
        name: str(value) if isinstance(value, (dt.date, Decimal)) else value for name, value in kept.items()
    }
    return {"table": "base" if isinstance(row, Base) else "rate", **texts}


def from_json(kept: Mapping[str, Any]) -> LawRow:
    """The unsaved row that `as_json` kept, as an officer's own (`from_file` false)."""
    model: type[Rate] | type[Base] = Base if kept["table"] == "base" else Rate
    columns = {field.attname: field for field in model._meta.concrete_fields}
    return model(
        **{name: columns[name].to_python(value) for name, value in kept.items() if name in columns},
        from_file=False,
    )


class _Known:
    """What the tables hold, read once: base codes, categories, provinces and the latest row of every band."""

    def __init__(self) -> None:
        self.bases = set(Base.objects.values_list("base_code", flat=True))
        self.categories = Category.objects.in_bulk()
        self.bands: dict[str, dict[int, Rate]] = {}
        for rate in Rate.objects.order_by("applies_from", "in_force_from"):
            self.bands.setdefault(rate.band_code, {})[rate.age_from] = rate

    def completed(self, row: Entered, source: str, month: dt.date | None) -> list[LawRow]:
        dated = self._dated(row, source, month)
        if row.code in self.bases and not row.category:
            if row.amount is None or row.coefficient is not None:
                raise ValidationError(_("a base is an amount in đồng."))
            return [
                Base(
                    base_code=row.code, amount=row.amount, area=_province(row, dated["applies_from"]), **dated
                )
            ]
        if (row.amount is None) == (row.coefficient is None):
            raise ValidationError(_("write either an amount in đồng or a coefficient."))
        if row.area:
            raise ValidationError(_("a province's own amount is a base; rates are the same everywhere."))
        bands = list(self.bands.get(row.code, {}).values())
        if row.age_from is not None:
            bands = [band for band in bands if band.age_from == row.age_from]
        if not bands:
            return [self._rate(row, None, dated)]
        return [self._rate(row, band, dated) for band in bands]

    def _rate(self, row: Entered, band: Rate | None, dated: dict[str, Any]) -> Rate:
        category = self.categories.get(row.category) or (band.category if band else None)
        if category is None:
            raise ValidationError(
                _("no base or rate has the code “%(code)s”: take it from the table of rates.")
                % {"code": row.code}
            )
        base = row.base_code or (band.base_code if band else "")
        if row.coefficient is not None and not base:
            raise ValidationError(_("a coefficient needs the base that it multiplies."))
        injury = (band.injury_from, band.injury_to) if band else (None, None)
        return Rate(
            category=category,
            band_code=row.code,
            band_name_vi=band.band_name_vi if band else category.name_vi,
            band_name_en=band.band_name_en if band else category.name_en,
            age_from=row.age_from if row.age_from is not None else (band.age_from if band else 0),
            age_to=row.age_to if row.age_to is not None else (band.age_to if band else None),
            injury_from=row.injury_from if row.injury_from is not None else injury[0],
            injury_to=row.injury_to if row.injury_to is not None else injury[1],
            base_code=base if row.coefficient is not None else "",
            coefficient=row.coefficient,
            amount=row.amount,
            round_to=band.round_to if band else (1000 if category.scheme == "NCC" else 1),
            article=row.article or (band.article if band else category.article),
            **dated,
        )

    def _dated(self, row: Entered, source: str, month: dt.date | None) -> dict[str, Any]:
        applies_from = row.applies_from or month
        in_force = row.in_force_from or month
        legal_source = row.legal_source or source
        if applies_from is None or in_force is None:
            raise ValidationError(_("write from which month it applies and from which day it is in force."))
        if not legal_source:
            raise ValidationError(_("write the decree or resolution that it comes from."))
        if row.applies_to and row.applies_to < applies_from:
            raise ValidationError(_("it ends before it begins."))
        if row.confidence and row.confidence not in Confidence.values:
            raise ValidationError(_("the confidence is verified, secondary or assumed."))
        ends = row.ends_in_force_from or (row.applies_to and row.applies_to + dt.timedelta(days=1))
        return {
            "applies_from": applies_from.replace(day=1),
            "applies_to": row.applies_to,
            "in_force_from": in_force,
            "ends_in_force_from": max(ends, in_force) if ends else None,
            "legal_source": legal_source,
            "confidence": row.confidence or Confidence.VERIFIED,
            "confidence_note": row.confidence_note,
            "from_file": False,
        }


def _province(row: Entered, month: dt.date) -> Unit | None:
    if not row.area:
        return None
    found = Unit.objects.on(month).provinces().filter(code=row.area).first()
    if found is None:
        raise ValidationError(_("no province has the code “%(code)s” in that month.") % {"code": row.area})
    return found
