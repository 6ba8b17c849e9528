"""Roll files for tests: workbooks and CSV made cell by cell."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from beneficiaries.roll.columns import HEADERS

# One good row of the little world of roll_world.
GOOD: dict[str, Any] = {
    "name": "Nguyễn Thị Thử", "birth_date": "12/03/1941", "sex": "Nữ", "national_id": "060141000001",
    "commune": "Phường Mũi Né", "district": "Thành phố Phan Thiết", "category": "BTXH_5.5c",
    "from_month": "04/2021", "paid_through": "12/2023", "amount": 360_000, "form": "Bưu điện",
}  # fmt: skip


def good(**cells: Any) -> dict[str, Any]:
    return {**GOOD, **cells}


def lines(rows: Sequence[dict[str, Any]], headers: dict[str, str] | None = None) -> list[list[Any]]:
    """The header row and the rows; a key that is no column of the template is a header of its own."""
    names = {**HEADERS, **(headers or {})}
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return [[names.get(key, key) for key in keys], *([row.get(key) for key in keys] for row in rows)]


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, content in sheets.items():
            sheet = book.add_worksheet(name)
            for number, line in enumerate(content):
                for position, cell in enumerate(line):
                    if hasattr(cell, "isoformat"):
                        sheet.write_datetime(number, position, cell, day)
                    elif cell is not None:
                        sheet.write(number, position, cell)
    return path


def csv_file(path: Path, content: list[list[Any]], *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(content)
    return path
