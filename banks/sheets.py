"""Excel and CSV with banks: lists out (columns as each bank wants them), results and statements in."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from banks.operations.errors import UnreadableFile
from banks.operations.results import LARGEST_KEY, STATUSES, Result
from banks.queries.lists import Instruction
from common.text import fold
from common.workbooks import new_workbook
from payments.operations.closing import StatementItem

# What a bank's column may hold, and its title where the bank has agreed none of its own.
FIELDS = {
    "key": "Mã lệnh",
    "account": "Số tài khoản",
    "holder": "Chủ tài khoản",
    "amount": "Số tiền",
    "text": "Nội dung",
}
LARGEST_UNPACKED = 200 * 1024 * 1024
# Titles (without diacritics) under which each column of a file from a bank is found.
TITLES = {
    "key": {"key", "ma lenh", "endtoendid"},
    "status": {"status", "ket qua", "trang thai"},
    "date": {"date", "ngay", "ngay gd"},
    "reason": {"reason", "ma ly do", "ly do"},
    "text": {"text", "ghi chu", "dien giai"},
    "amount": {"amount", "so tien"},
    "kind": {"kind", "loai"},
}
STATUS_WORDS = {"thanh cong": "paid", "that bai": "failed", "hoan tra": "returned"}
KIND_WORDS = {"chi": "paid", "hoan": "returned", "hoan tra": "returned"}


def write_list(rows: Iterable[Instruction], *, columns: list[list[str]], remittance: str) -> Iterator[bytes]:
    """A list as an Excel file in pieces; `columns` are [field, title] pairs, empty for all of ours."""
    wanted = [(field, title) for field, title in columns if field in FIELDS] or list(FIELDS.items())
    with tempfile.TemporaryFile() as file:
        with new_workbook(file, streamed=True) as book:
            sheet = book.add_worksheet("DS")
            sheet.write_row(0, 0, [title for _field, title in wanted])
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, [_cell(row, field, remittance) for field, _title in wanted])
        file.seek(0)
        while piece := file.read(64 * 1024):
            yield piece


def _cell(row: Instruction, field: str, remittance: str) -> Any:
    return remittance if field == "text" else getattr(row, field)


def read_results(content: bytes) -> list[Result]:
    """Results from an Excel file: columns key, status, date, reason, text, found by their titles in any order."""
    results = []
    for number, row in _table(_excel(content), needed=("key", "status", "date")):
        status = STATUS_WORDS.get(fold(row["status"]), row["status"].lower())
        key = row["key"]
        if status not in STATUSES:
            raise UnreadableFile(
                _("The result is paid, failed or returned."), f"row {number}: {row['status']}"[:80]
            )
        if not (key.isascii() and key.isdigit() and int(key) <= LARGEST_KEY):
            raise UnreadableFile(
                _("The instruction key is not ours; keep the column as text."), f"row {number}"
            )
        day = _day(row["date"], number)
        results.append(Result(int(key), status, day, row.get("reason", "")[:4], row.get("text", "")[:200]))
    return results


def read_statement(content: bytes, *, excel: bool) -> list[StatementItem]:
    """Statement lines from an Excel or CSV file: columns key, kind, amount, date."""
    rows = _excel(content) if excel else _csv(content)
    items = []
    for number, row in _table(rows, needed=("key", "kind", "amount", "date")):
        kind = KIND_WORDS.get(fold(row["kind"]), row["kind"].lower())
        amount = row["amount"].replace(".", "").replace(",", "").replace(" ", "")
        if kind not in ("paid", "returned"):
            raise UnreadableFile(_("The kind is paid or returned."), f"row {number}: {row['kind']}"[:80])
        if not (amount.isascii() and amount.isdigit() and 0 < int(amount) < 10**15):
            raise UnreadableFile(_("Amounts are whole đồng (VND), above zero."), f"row {number}")
        items.append(StatementItem((row["key"] or "-")[:35], kind, int(amount), _day(row["date"], number)))
    return items


def _excel(content: bytes) -> Iterator[list[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
                raise UnreadableFile(_("The file is too large when unpacked."))
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        yield from book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, python_calamine.CalamineError, ValueError) as error:
        raise UnreadableFile(_("This is not an Excel file (.xlsx).")) from error


def _csv(content: bytes) -> Iterator[list[Any]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(_("The file is not text in UTF-8.")) from error
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error as error:
        raise UnreadableFile(_("This is not a CSV file.")) from error


def _table(rows: Iterator[list[Any]], *, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the titles, by column; row 1 to 10 may hold other words before the titles."""
    places: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        cells = [_text(cell) for cell in row]
        if places:
            if any(cells):
                yield number, {name: cells[at] if at < len(cells) else "" for name, at in places.items()}
            continue
        found = {
            name: at
            for at, cell in enumerate(cells)
            for name, titles in TITLES.items()
            if fold(cell) in titles
        }
        if set(needed) <= set(found):
            places = found
        elif number >= 10:
            break
    if not places:
        raise UnreadableFile(_("No row has the titles: %(needed)s.") % {"needed": ", ".join(needed)})


def _text(cell: Any) -> str:
    # A number beyond 2^53 has lost digits in Excel: it stays as it is written, and is refused as a key.
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()[:10]
    return str(cell).strip()


def _day(text: str, number: int) -> date:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise UnreadableFile(_("The day is written YYYY-MM-DD or dd/mm/yyyy."), f"row {number}: {text}"[:80])
