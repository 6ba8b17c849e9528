"""The sheets of a table file as rows of known columns: headers found, old fonts repaired, only rows of people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from beneficiaries.roll.cells import text_of
from beneficiaries.roll.columns import (
    EXAMPLE_MARK,
    HEADERS,
    LISTS_SHEET,
    REASON_HEADER,
    column_of,
    find_header,
)
from beneficiaries.roll.messages import ERRORS, WARNINGS
from beneficiaries.roll.one_row import Finding
from beneficiaries.roll.problem import Problem
from beneficiaries.roll.table import Cell, Row, UnreadableFile, open_table
from common import legacy
from common.text import fold, nfc

# The names of columns that only other lists than a roll have.
_OTHERS = {"household": "Loại hộ", "certificate": "Số trích lục khai tử"}
_LOOKED_AT = 50
# A sheet read by the wrong columns is bad in every row: nobody reads more than this of it.
MAX_REFUSED = 10_000
_LONGEST = 4_000
_CONVERSIONS_SHOWN = 20
_FOOT = re.compile(
    r"((tong|cong)( cong| so| nhom| trang)?( tien)?\s*([:(0-9]|$)|(tong|cong) (cong|so|nhom|trang|xa|phuong|huyen)\b"
    r"|(bang chu|so tien bang chu|nguoi lap|lap bieu|lap bang|ke toan|thu truong|thu quy|chu tich|pho chu tich|giam doc"
    r"|can bo|truong phong|xac nhan|nguoi kiem tra|ky ten)\b|tm\.|kt\.|ghi chu:|.{0,30}\bngay \S+ thang \S+ nam\b)"
)
_HEADING = re.compile(
    r"(xa|phuong|thi tran|huyen|thanh pho|thi xa|tp\.|tx\.|thon|khu pho|muc|loai|nhom|phan [ivx0-9])\b"
    r"|[ivx]+[.\s]|[a-d]\. "
)
_COLUMN_NUMBER = re.compile(r"\(?([0-9]{1,2}|[A-Za-z])\)?")
_SYMBOLS = re.compile("[\u0080-\u00bf\u00d7\u00f7]")
_VIETNAMESE = set("àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ")
# Punctuation that spreadsheets put in place of what was typed.
_PLAIN = str.maketrans(
    {"\u00a0": " ", "\u00ad": None, "\u2018": "'", "\u2019": "'", "«": '"', "»": '"', "·": "-"}
)


@dataclass(slots=True)
class Sheet:
    """One sheet's columns: `keys` and `unknown` headers by position, `titles` as they stand in the header row, that
    of the name apart."""

    name: str
    headers: dict[str, str] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    titles: dict[int, Cell] = field(default_factory=dict)
    name_title: Cell = None
    header_row: int = 0
    below: bool = False
    told: set[tuple[str, str]] = field(default_factory=set)
    vietnamese_1258: bool = False


@dataclass(frozen=True, slots=True)
class SheetTitles:
    """Where a sheet's header row stands, and its titles by position."""

    row: int
    titles: dict[int, str]


@dataclass(frozen=True, slots=True)
class Conversion:
    """A text in an old font, as typed and as read."""

    font: str
    typed: str
    read: str


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One row about a person: cells by column, unknown columns joined as `notes`, and what is unreadable in it."""

    sheet: Sheet
    number: int
    values: Mapping[str, Cell]
    notes: str
    unreadable: list[Finding]


class SheetReader:
    """Reads every sheet of a file once; `errors`, `warnings` and the counts are complete when it was read.

    `required` names the columns that a sheet must have, each as itself or one of several. Opening and reading raise
    UnreadableFile.
    """

    required: Sequence[tuple[str, ...]] = ()
    # Columns that a roll does not have: folded names and their keys.
    others: Mapping[str, str] = {}

    def __init__(self, path: Path) -> None:
        self._path = path
        self.seen = self.refused = self.total = 0
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []
        self.conversions: list[Conversion] = []
        self.titles: dict[str, SheetTitles] = {}

    def _lines(self) -> Iterator[PersonLine]:
        """Each row that is about a person."""
        found = False
        with open_table(self._path) as table:
            for sheet, rows in self._sheets(table):
                found = True
                for row in rows:
                    values, notes, unreadable = self._values(sheet, row)
                    if not values or _is_header(row, sheet) or self._is_no_person(sheet, row, values):
                        continue
                    self.seen += 1
                    yield PersonLine(sheet, row.number, values, notes, unreadable)
        if not found:
            raise UnreadableFile("no_header", _(
                "No row of column names was found in the first rows of any sheet. Write them as in the template "
                "(import_roll --template FILE)."
            ))  # fmt: skip

    # Sheets

    def _sheets(self, table: Iterator[Row]) -> Iterator[tuple[Sheet, Iterator[Row]]]:
        """Each sheet that has a header row, with the rows below it. The rows must be used up before the next."""
        row = next(table, None)
        while row is not None:
            ahead = [row]
            following = None
            for later in islice(table, _LOOKED_AT - 1):
                if later.sheet != row.sheet:
                    following = later
                    break
                ahead.append(later)
            rest = _Rest(table, row.sheet, following)
            sheet = self._begin(ahead)
            self.total = max(self.total, row.total)
            if sheet is None:
                if row.sheet != LISTS_SHEET:
                    self.warnings.append(Problem(row.sheet, 0, "", "no_header", str(WARNINGS["no_header"])))
                for _left in rest:
                    pass
            else:
                body = (line for line in ahead if line.number > sheet.header_row)
                yield sheet, _chain(body, rest)
            row = rest.next_sheet

    def _begin(self, ahead: list[Row]) -> Sheet | None:
        sheet = Sheet(ahead[0].sheet)
        if ahead[0].recoded:
            texts = [
                cell for row in ahead for cell in row.cells if isinstance(cell, str) and not cell.isascii()
            ]
            sheet.vietnamese_1258 = not any(map(legacy.detect, texts))
        lines = [[_decoded(cell, sheet) for cell in row.cells] for row in ahead]
        at = find_header(lines)
        if at is None:
            return None
        sheet.header_row = ahead[at].number
        sheet.titles = {place: cell for place, cell in enumerate(ahead[at].cells) if cell is not None}
        titles: dict[int, str] = {}
        for position, cell in enumerate(lines[at]):
            key, header = (
                column_of(cell, self.others),
                text_of(_repaired(cell)[0] if isinstance(cell, str) else cell),
            )
            if key == "name" and sheet.name_title is None:
                sheet.name_title = sheet.titles[position]
            if key in sheet.headers:
                self._told(sheet, sheet.header_row, header, "second_column", {})
            elif key:
                sheet.keys[position], sheet.headers[key] = key, header
            elif header and header != REASON_HEADER:
                sheet.unknown[position] = header
            if header and header != REASON_HEADER:
                titles[position] = header
        self.titles[sheet.name] = SheetTitles(sheet.header_row, titles)
        self._need(sheet)
        return sheet

    def _need(self, sheet: Sheet) -> None:
        """UnreadableFile where the sheet lacks a column, or each of several, that every row needs."""
        missing = [keys[0] for keys in self.required if not set(keys) & set(sheet.headers)]
        if missing:
            raise UnreadableFile("missing_columns", _("Sheet “%(sheet)s” has no column %(columns)s.") % {
                "sheet": sheet.name, "columns": ", ".join(f"“{HEADERS.get(key) or _OTHERS[key]}”" for key in missing)
            })  # fmt: skip

    # Rows

    def _values(self, sheet: Sheet, row: Row) -> tuple[dict[str, Cell], str, list[Finding]]:
        values: dict[str, Cell] = {}
        notes: list[str] = []
        bad: list[Finding] = []
        value: Cell
        for position, cell in enumerate(row.cells):
            if cell is None:
                continue
            key = sheet.keys.get(position)
            if not isinstance(cell, str):
                value = cell
            elif cell.isascii() and len(cell) <= _LONGEST:
                value = cell.strip()
            else:
                value = self._text(sheet, row.number, key or "notes", cell, bad)
            if value == "":
                continue
            if key:
                values[key] = value
            elif position in sheet.unknown:
                notes.append(f"{sheet.unknown[position]}: {text_of(value)}")
        return values, "; ".join(notes), bad

    def _text(self, sheet: Sheet, number: int, key: str, cell: str, bad: list[Finding]) -> str:
        if len(cell) > _LONGEST:
            bad.append(Finding(key, "too_long", {"limit": str(_LONGEST)}))
            return ""
        text, encoding, trouble = _repaired(str(_decoded(cell, sheet)))
        if encoding:
            self._told_once(sheet, number, key, "legacy_font", {"font": encoding.upper()})
            shown = Conversion(encoding.upper(), cell, text)
            if len(self.conversions) < _CONVERSIONS_SHOWN and shown not in self.conversions:
                self.conversions.append(shown)
        if trouble == "unreadable" and key != "notes":
            bad.append(Finding(key, "unreadable", {"value": text[:80]}))
        elif trouble and key in ("name", "payee_name", "holder"):
            self._tell(self.warnings, sheet, number, Finding(key, "odd_letters", {"value": text[:80]}))
        return text

    def _is_no_person(self, sheet: Sheet, row: Row, values: Mapping[str, Cell]) -> bool:
        """Totals, signatures and headings inside the list: no number, birth date or category, and few words."""
        if not self._is_example(values):
            if any(
                key in values for key in ("national_id", "birth_date", "category", "category_name", "account")
            ):
                return False
            texts = [
                fold(_repaired(str(_decoded(cell, sheet)))[0]) for cell in row.cells if isinstance(cell, str)
            ]
            is_foot = any(map(_FOOT.match, texts))
            cells = sum(cell is not None for cell in row.cells)
            # Totals without a word, a title over a group of people, or who signed below.
            is_bare = "name" not in values and (cells <= 4 or not texts)
            is_heading = cells <= 2 and any(map(_HEADING.match, texts))
            is_signature = sheet.below and cells <= 4 and not {"stt", "amount"} & set(values)
            if not (is_foot or is_bare or is_heading or is_signature):
                return False
            sheet.below = sheet.below or is_foot
        shown = " ".join(text_of(cell) for cell in row.cells if cell is not None)
        self._tell(self.warnings, sheet, row.number, Finding("", "skipped", {"value": shown[:80]}))
        return True

    @staticmethod
    def _is_example(values: Mapping[str, Cell]) -> bool:
        mark = values.get("stt")
        return isinstance(mark, str) and fold(mark) == fold(EXAMPLE_MARK)

    # Findings

    def _refuse(self, sheet: Sheet, number: int, findings: list[Finding]) -> None:
        self.refused += 1
        for finding in findings:
            self._tell(self.errors, sheet, number, finding)
        if self.refused > MAX_REFUSED:
            raise UnreadableFile("too_many_errors", _(
                "More than %(limit)s rows are bad, the first in row %(row)s: %(message)s Check the columns, then "
                "import again."
            ) % {"limit": MAX_REFUSED, "row": self.errors[0].row, "message": self.errors[0].message})  # fmt: skip

    def _tell(self, told: list[Problem], sheet: Sheet, number: int, finding: Finding) -> None:
        table = ERRORS if told is self.errors else WARNINGS
        column = sheet.headers.get(finding.key) or HEADERS.get(finding.key, "")
        told.append(
            Problem(sheet.name, number, column, finding.code, str(table[finding.code]) % finding.params)
        )

    def _told_once(self, sheet: Sheet, number: int, key: str, code: str, params: dict[str, str]) -> None:
        if (key, code) not in sheet.told:
            sheet.told.add((key, code))
            self._tell(self.warnings, sheet, number, Finding(key, code, params))

    def _told(self, sheet: Sheet, number: int, column: str, code: str, params: dict[str, str]) -> None:
        self.warnings.append(Problem(sheet.name, number, column, code, str(WARNINGS[code]) % params))


class _Rest:
    """The rows of one sheet that are still to come; `next_sheet` is the first row of the next one, once they are."""

    def __init__(self, table: Iterator[Row], sheet: str, following: Row | None) -> None:
        self._table, self._sheet, self.next_sheet = table, sheet, following

    def __iter__(self) -> Iterator[Row]:
        while self.next_sheet is None:
            row = next(self._table, None)
            if row is None:
                return
            if row.sheet != self._sheet:
                self.next_sheet = row
                return
            yield row


def _chain(first: Iterator[Row], rest: _Rest) -> Iterator[Row]:
    yield from first
    yield from rest


def _is_header(row: Row, sheet: Sheet) -> bool:
    """A printed list repeats its header on every page, and numbers or letters the columns below it."""
    repeated = sheet.name_title in row.cells and sum(
        cell == sheet.titles.get(position, "") for position, cell in enumerate(row.cells)
    )
    if repeated >= 4:
        return True
    said = [cell for cell in row.cells if cell is not None]
    return len(said) > 3 and all(_COLUMN_NUMBER.fullmatch(text_of(cell)) for cell in said)


def _decoded(cell: Cell, sheet: Sheet) -> Cell:
    """A cell of a CSV file in Windows' own Vietnamese code page, which was read one byte a character."""
    if not sheet.vietnamese_1258 or not isinstance(cell, str) or cell.isascii():
        return cell
    try:
        return nfc(cell.encode("latin-1").decode("cp1258"))
    except UnicodeError:
        return cell


@lru_cache(maxsize=65_536)
def _repaired(text: str) -> tuple[str, str, str]:
    """The text in Unicode, the old font it was in, and `unreadable` or `odd` where it cannot be Vietnamese."""
    repaired, encoding = legacy.repair(text)
    plain = repaired.translate(_PLAIN)
    if _SYMBOLS.search(plain):
        return plain.strip(), encoding or "", "unreadable"
    strange = any(not char.isascii() and char.isalpha() and char not in _VIETNAMESE for char in plain.lower())
    return plain.strip(), encoding or "", "odd" if strange else ""
