"""Write a roll as Excel in the template's columns, so that it reads back as the same rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from areas.models import Level, Unit
from beneficiaries.models import Channel, ObstacleReason, PayAt, Provider
from beneficiaries.roll.columns import COLUMNS, EXAMPLE, LISTS_SHEET
from beneficiaries.roll.law import Law
from beneficiaries.roll.lookups import WORDINGS
from beneficiaries.roll.row import RollRow
from benefits.models import Category
from common.months import add_months, show_birth
from common.workbooks import new_workbook

_SEXES = {"male": "Nam", "female": "Nữ", "": ""}


def write_roll(path: Path, rows: Iterable[RollRow]) -> int:
    """Write the rows to an xlsx file with the amounts that the law grants; how many there were.

    Excel's own limit of rows a sheet is kept by going on in another sheet. Memory does not grow with the rows.
    """
    names = _Names()
    count, sheet = 0, None
    with new_workbook(str(path), streamed=True) as book:
        bold = book.add_format({"bold": True, "text_wrap": True})
        for count, row in enumerate(rows, start=1):
            line = (count - 1) % _ROWS_A_SHEET + 1
            if line == 1:
                sheet = _sheet(book, f"Danh sách {(count - 1) // _ROWS_A_SHEET + 1}", bold)
            assert sheet is not None
            _write_line(sheet, line, names.cells(count, row))
    return count


def write_template(path: Path, *, on: date) -> None:
    """Write an empty roll with one marked example, which an import leaves out, and the codes and names in use `on`."""
    with new_workbook(str(path), streamed=True) as book:
        bold, marked = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"italic": True})
        sheet = _sheet(book, "Danh sách", bold)
        for position, column in enumerate(COLUMNS):
            if column.key in EXAMPLE:
                sheet.write(1, position, EXAMPLE[column.key], marked)
        lists = book.add_worksheet(LISTS_SHEET)
        units = Unit.objects.on(on).filter(level=Level.COMMUNE).select_related("parent")
        banks = Provider.objects.filter(channel=Channel.BANK, active=True)
        columns: list[tuple[str, list[str]]] = [
            (_("Category codes"), [f"{c.code} – {c.name_vi}" for c in Category.objects.filter(kind="monthly")]),
            (_("Banks"), [f"{p.code} – {p.short_name}" for p in banks]),
            (_("Communes"), [f"{u.name} – {u.parent.name if u.parent else ''}" for u in units]),
            (_("Reasons for having no account"), [WORDINGS[code] for code in ObstacleReason.values]),
        ]  # fmt: skip
        depth = max(len(entries) for _title, entries in columns)
        for position, (title, _entries) in enumerate(columns):
            lists.set_column(position, position, 50)
            lists.write(0, position, title, bold)
        for line in range(depth):
            for position, (_title, entries) in enumerate(columns):
                if line < len(entries):
                    lists.write_string(line + 1, position, entries[line])


_ROWS_A_SHEET = 1_000_000


def _sheet(book: Any, name: str, bold: Any) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 2)
    for position, column in enumerate(COLUMNS):
        sheet.set_column(position, position, column.width)
        sheet.write_string(0, position, column.header, bold)
    return sheet


def _write_line(sheet: Any, line: int, cells: dict[str, Any]) -> None:
    for position, column in enumerate(COLUMNS):
        cell = cells.get(column.key)
        if isinstance(cell, int):
            sheet.write_number(line, position, cell)
        elif cell:
            sheet.write_string(line, position, cell)


class _Names:
    """The words for the references of a row."""

    def __init__(self) -> None:
        self._units = Unit.objects.filter(level=Level.COMMUNE).select_related("parent").in_bulk()
        self._banks = dict(Provider.objects.values_list("code", "short_name"))
        self._categories = Category.objects.in_bulk()
        self._law = Law()

    def cells(self, number: int, row: RollRow) -> dict[str, Any]:
        unit, bank = self._units[row.commune_id], row.channel == Channel.BANK
        amount = self._law.granted(
            row, self._categories[row.category], max(row.settled_before, row.from_month)
        )
        return {
            "stt": number, "name": row.name, "birth_date": _date(row.birth_date, row.birth_precision),
            "sex": _SEXES[row.sex], "national_id": row.national_id, "hamlet": row.hamlet, "commune": unit.name,
            "district": unit.parent.name if unit.parent and unit.parent.level == Level.DISTRICT else "",
            "phone": row.phone, "category": row.category, "category_name": self._categories[row.category].name_vi,
            "injury_rate": row.injury_rate, "seniority_years": row.seniority_years, "heads": row.heads,
            "children": "; ".join(f"{c.name}, {_date(c.birth_date, c.birth_precision)}" for c in row.children),
            "disability_certificate": row.disability_certificate,
            "certificate_until": _date(row.certificate_until), "decision_number": row.decision_number,
            "decision_date": _date(row.decision_date), "from_month": f"{row.from_month:%m/%Y}",
            "paid_through": f"{add_months(row.settled_before, -1):%m/%Y}", "amount": amount or None,
            "form": (_ACCOUNT if bank else _POST)[row.pay_at], "bank": self._banks[row.provider] if bank else "",
            "account": row.account, "holder": row.holder, "payee_name": row.payee_name,
            "payee_national_id": row.payee_national_id, "obstacle": WORDINGS.get(row.obstacle, ""),
            "notes": row.notes, "residence_from": _date(row.residence_from),
            "last_month": f"{row.last_month:%m/%Y}" if row.last_month else "",
            "end_reason": WORDINGS.get(row.end_reason, ""), "died_on": _date(row.died_on),
            "verified_on": _date(row.verified_on), "payout_from": _date(row.payout_from),
        }  # fmt: skip


# Before an account begins to be used, the Post pays.
_ACCOUNT = {PayAt.POINT: "Tài khoản", PayAt.HOME: "Tài khoản, trước đó Bưu điện tại nhà", "": "Tài khoản"}
_POST = {PayAt.POINT: "Bưu điện tại điểm chi trả", PayAt.HOME: "Bưu điện tại nhà", "": "Bưu điện"}


def _date(day: date | None, precision: str = "day") -> str:
    return show_birth(day, precision) if day else ""
