"""The bases and rates of a month as a workbook, in the form in which a change of law is loaded."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from benefits.models import Base, Confidence
from common.workbooks import new_workbook
from payments.law_files import CONFIDENCE_WORDS, HEADINGS

_COLUMNS = ("code", "age_from", "coefficient", "amount", "applies_from", "in_force_from", "area", "legal_source",
            "confidence")  # fmt: skip
_NAME = "Tên mức hưởng"


def law_workbook(*, bases: list[Base], rates: list[dict[str, Any]]) -> bytes:
    """One sheet with a row for each base and rate; text stays text, so no cell becomes a formula."""
    target = io.BytesIO()
    with new_workbook(target) as book:
        sheet = book.add_worksheet("Muc huong")
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {
            "amount": book.add_format({"num_format": "#,##0"}),
            "coefficient": book.add_format({"num_format": "0.00"}),
            "applies_from": book.add_format({"num_format": "mm/yyyy"}),
            "in_force_from": book.add_format({"num_format": "dd/mm/yyyy"}),
        }
        for place, name in enumerate([*(HEADINGS[column][0] for column in _COLUMNS), _NAME]):
            sheet.write_string(0, place, name, head)
        for line, row in enumerate([*map(_base, bases), *map(_rate, rates)], start=1):
            for place, column in enumerate((*_COLUMNS, "name")):
                _write(sheet, line, place, row.get(column), formats.get(column))
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 6, 14)
        sheet.set_column(7, 8, 36)
        sheet.set_column(9, 9, 70)
        sheet.freeze_panes(1, 1)
    return target.getvalue()


def _write(sheet: Any, line: int, place: int, value: Any, form: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, date):
        sheet.write_datetime(line, place, value, form)
    elif isinstance(value, str):
        sheet.write_string(line, place, value)
    else:
        sheet.write_number(line, place, value, form)


def _base(row: Base) -> dict[str, Any]:
    return {
        "code": row.base_code,
        "amount": row.amount,
        "applies_from": row.applies_from,
        "in_force_from": row.in_force_from,
        "area": row.area.code if row.area else "",
        "legal_source": row.legal_source,
        "confidence": CONFIDENCE_WORDS[Confidence(row.confidence)],
    }


def _rate(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": row["code"],
        "age_from": row["age_from"],
        "coefficient": row["coefficient"],
        "amount": row["amount"] if row["coefficient"] is None else None,
        "applies_from": row["applies_from"],
        "in_force_from": row["in_force_from"],
        "legal_source": row["source"],
        "confidence": CONFIDENCE_WORDS[Confidence(row["own_confidence"])],
        "name": row["band_name_vi"],
    }
