"""A file of rates and bases (Excel, CSV) as rows to be completed: columns found by their headings, cells read."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from beneficiaries.roll.cells import Unclear, date_of, month_of_cell, text_of, whole_number
from beneficiaries.roll.table import Cell, UnreadableFile, open_table
from benefits.entering import Entered, RowsRefused
from benefits.models import Confidence
from common.text import fold

MAX_LAW_ROWS = 5_000
# The heading in Vietnamese as the table to download has it, then other names of the same column.
HEADINGS: dict[str, tuple[str, ...]] = {
    "code": ("Mã", "code", "band_code", "mã mức"),
    "category": ("Mã diện hưởng", "category"),
    "base_code": ("Mức chuẩn được nhân", "base_code"),
    "coefficient": ("Hệ số", "coefficient"),
    "amount": ("Số tiền (đồng)", "amount", "mức (đồng)", "mức", "số tiền"),
    "applies_from": ("Áp dụng từ tháng", "applies_from", "áp dụng từ"),
    "applies_to": ("Áp dụng đến", "applies_to"),
    "in_force_from": ("Có hiệu lực từ ngày", "in_force_from", "hiệu lực từ", "ngày có hiệu lực"),
    "ends_in_force_from": ("Hết hiệu lực từ ngày", "ends_in_force_from"),
    "area": ("Mã tỉnh", "area", "tỉnh"),
    "age_from": ("Từ tuổi", "age_from"),
    "age_to": ("Dưới tuổi", "age_to"),
    "injury_from": ("Từ tỷ lệ tổn thương (%)", "injury_from"),
    "injury_to": ("Đến tỷ lệ tổn thương (%)", "injury_to"),
    "article": ("Điều khoản", "article"),
    "legal_source": ("Văn bản", "legal_source", "căn cứ"),
    "confidence": ("Độ tin cậy", "confidence"),
    "confidence_note": ("Ghi chú", "confidence_note", "ghi chú về độ tin cậy"),
}
_COLUMN = {fold(name): column for column, names in HEADINGS.items() for name in names}
CONFIDENCE_WORDS = {
    Confidence.VERIFIED: "đã đối chiếu văn bản",
    Confidence.SECONDARY: "nguồn thứ cấp",
    Confidence.ASSUMED: "giả định",
}
_CONFIDENCE = {fold(word): value for value, word in CONFIDENCE_WORDS.items()}


def read_law_file(path: Path) -> list[Entered]:
    """The rows of the file's first table that has a column of codes. Raises UnreadableFile, or RowsRefused with every
    cell that cannot be read."""
    rows: list[Entered] = []
    problems: list[tuple[int, str]] = []
    columns: dict[int, str] = {}
    with open_table(path) as table:
        for row in table:
            if not columns:
                columns = _columns(row.cells)
                continue
            if not any(text_of(cell) for cell in row.cells):
                continue
            if len(rows) == MAX_LAW_ROWS:
                raise RowsRefused([(row.number, _("More rows than any decree has: split the file."))])
            try:
                rows.append(_entered(row.number, columns, row.cells))
            except Unclear as error:
                problems.append((row.number, str(error)))
    if not columns:
        raise UnreadableFile(
            "no_header", _("No row names the columns: keep the headings of the table of rates.")
        )
    if problems:
        raise RowsRefused(problems)
    return rows


def coefficient_of(text: str) -> Decimal | None:
    """`"1,5"` or `"1.5"` → 1.5; None for a blank. Raises Unclear."""
    plain = text.strip().replace(",", ".")
    if not plain:
        return None
    try:
        found = Decimal(plain)
    except InvalidOperation as error:
        raise Unclear(_("“%(value)s” is not a coefficient.") % {"value": text}) from error
    if not (found.is_finite() and 0 < found < 10_000 and found == round(found, 2)):
        raise Unclear(
            _("“%(value)s” is not a coefficient above 0 with at most two decimals.") % {"value": text}
        )
    return found


def _columns(cells: Sequence[Cell]) -> dict[int, str]:
    found = {place: _COLUMN.get(fold(text_of(cell))) for place, cell in enumerate(cells)}
    columns = {place: column for place, column in found.items() if column}
    # The tables of decrees have bases by `base_code` alone.
    if "code" not in columns.values():
        columns = {place: "code" if column == "base_code" else column for place, column in columns.items()}
    return columns if {"code", "amount"} <= set(columns.values()) else {}


def _entered(line: int, columns: dict[int, str], cells: Sequence[Cell]) -> Entered:
    values: dict[str, Any] = {}
    for place, column in columns.items():
        cell = cells[place] if place < len(cells) else None
        value = _value(column, cell)
        if value is not None:
            values[column] = value
    return Entered(line=line, **{"code": ""} | values)


def _value(column: str, cell: Cell) -> Any:
    text = text_of(cell)
    if not text:
        return None
    try:
        match column:
            case "coefficient":
                return coefficient_of(text)
            case "amount" | "age_from" | "age_to" | "injury_from" | "injury_to":
                return whole_number(cell)
            case "applies_from":
                return month_of_cell(cell)
            case "applies_to" | "in_force_from" | "ends_in_force_from":
                return _day(cell, last=column == "applies_to")
            case "confidence":
                return _CONFIDENCE.get(fold(text), text.lower())
            case "area":
                return text.zfill(2)
    except Unclear as error:
        known = error.code if " " in error.code else ""
        raise Unclear(
            known
            or _("“%(value)s” cannot be read in the column “%(column)s”.")
            % {"value": text, "column": HEADINGS[column][0]}
        ) from error
    return text


def _day(cell: Cell, *, last: bool) -> date | None:
    """A day; where only the month is written, its first or last day."""
    found = date_of(cell)
    if found is None:
        return None
    day, known_to = found
    if known_to == "year":
        raise Unclear("date")
    if last and known_to == "month":
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day
