"""Read lists of people that other offices keep: deaths of the civil registry, poor and near-poor households.

Any table with names, and numbers or birth dates; most of its people are in nobody's care here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from django.utils.translation import gettext as _

from areas.models import Unit
from beneficiaries.roll import cells
from beneficiaries.roll.cells import Unclear, text_of
from beneficiaries.roll.lookups import Communes
from beneficiaries.roll.one_row import Finding
from beneficiaries.roll.sheets import PersonLine, SheetReader
from beneficiaries.roll.table import Cell, UnreadableFile
from common.text import fold

T = TypeVar("T")
# A list is read while its officer waits: so many rows take a second or two.
MAX_LINES = 10_000
POOR, NEAR_POOR = "poor", "near_poor"
_OLDEST = date(1890, 1, 1)


@dataclass(frozen=True, slots=True)
class CivilLine:
    """One row. `birth` is a date and what it is known to; `commune` the text, `commune_id` the unit where it is clear;
    `household` POOR, NEAR_POOR or '' for neither; `certificate` names the paper of the death."""

    sheet: str
    number: int
    name: str
    birth: tuple[date, str] | None
    national_id: str
    commune_id: int | None
    commune: str
    hamlet: str
    died_on: date | None
    certificate: str
    household: str


class CivilListReader(SheetReader):
    """The readable rows of a list, once; `today` is the day beyond which nobody is born or dies, `on` the day whose
    communes its names and codes mean first (today unless it is earlier)."""

    def __init__(self, path: Path, *, today: date, on: date | None = None) -> None:
        super().__init__(path)
        self._today, self._on = today, min(on or today, today)

    def lines(self) -> Iterator[CivilLine]:
        """Each readable row. Raises UnreadableFile."""
        communes = _Places(self._on, self._today)
        for line in self._lines():
            if self.seen > MAX_LINES:
                raise UnreadableFile(
                    "too_many_rows",
                    _("The list has more than %(rows)s rows: split it by commune.") % {"rows": MAX_LINES},
                )
            row = _Row(line, communes, self._today, {key for keys in self.required for key in keys})
            read = row.read()
            if read is None:
                self._refuse(line.sheet, line.number, row.errors)
            else:
                yield read


class DeathListReader(CivilListReader):
    """Họ và tên, Ngày mất, and Số CCCD or Ngày sinh; where they are known Xã/Phường, Thôn, the paper of the death."""

    required = (("name",), ("died_on",), ("national_id", "birth_date"))
    others = {
        "ngay thang nam chet": "died_on", "ngay thang nam mat": "died_on", "chet ngay": "died_on",
        "so trich luc khai tu": "certificate", "trich luc khai tu": "certificate", "so khai tu": "certificate",
        "so giay chung tu": "certificate", "giay chung tu": "certificate", "giay bao tu": "certificate",
        "noi cu tru cuoi cung": "commune", "noi thuong tru": "commune", "ho ten nguoi chet": "name",
        "ho va ten nguoi chet": "name", "ho chu dem ten nguoi chet": "name",
    }  # fmt: skip


class PovertyListReader(CivilListReader):
    """Họ và tên, Loại hộ, Xã/Phường, and Số CCCD or Ngày sinh; a row for each member of a household."""

    required = (("name",), ("household",), ("commune",), ("national_id", "birth_date"))
    others = {
        "loai ho": "household", "phan loai ho": "household", "dien ho": "household", "ket qua ra soat": "household",
        "ho ngheo ho can ngheo": "household", "ho ngheo can ngheo": "household", "doi tuong ho": "household",
        "ho ten thanh vien": "name", "ho va ten thanh vien": "name", "ho va ten thanh vien ho": "name",
    }  # fmt: skip


def household_of(cell: Cell) -> str:
    """POOR, NEAR_POOR, or '' for a household that is neither, such as one out of poverty. Raises Unclear."""
    text = fold(text_of(cell))
    if "thoat" in text or text.startswith("khong"):
        return ""
    if "can ngheo" in text or text == "cn":
        return NEAR_POOR
    if "ngheo" in text or text == "n":
        return POOR
    if "trung binh" in text or text == "khac":
        return ""
    raise Unclear("household")


class _Places:
    """Communes by the name and district that a list gives, each looked for once: as they are on a day, else today, else
    as they were before a reform, since lists name the communes of before for a while."""

    def __init__(self, on: date, today: date) -> None:
        ended = Unit.objects.communes().filter(valid_to__lt=today).order_by("-valid_to")
        ends = ended.values_list("valid_to", flat=True).distinct()
        self._dates = dict.fromkeys([on, today, *(end for end in ends if end)])
        self._communes = Communes()
        self._known: dict[tuple[str, str], int | None] = {}

    def find(self, name: str, district: str) -> int | None:
        """Only a hint where somebody is told from somebody else: what is unclear is left out."""
        if (name, district) not in self._known:
            self._known[name, district] = self._search(name, district) if name else None
        return self._known[name, district]

    def _search(self, name: str, district: str) -> int | None:
        for on in self._dates:
            try:
                return self._communes.find(name, district, on).pk
            except Unclear:
                continue
        return None


class _Row:
    def __init__(self, line: PersonLine, communes: _Places, today: date, wanted: set[str]) -> None:
        self._line, self._communes, self._today, self._wanted = line, communes, today, wanted
        self.errors = list(line.unreadable)

    def read(self) -> CivilLine | None:
        name = text_of(self._cell("name"))
        birth = self._ask("birth_date", cells.date_of)
        sex = self._ask("sex", cells.sex_of) or ""
        number = self._ask(
            "national_id", lambda cell: cells.national_id(cell, birth[0].year if birth else None, sex)
        )
        died = self._ask("died_on", cells.date_of)
        household = self._ask("household", household_of) if "household" in self._wanted else ""
        if not name:
            self._missing("name")
        if not birth and not (number and number[0]):
            self._missing("birth_date")
        if birth and not _OLDEST <= birth[0] <= self._today:
            self._error("birth_date", "birth_implausible")
        if "died_on" in self._wanted:
            self._check_death(died, birth)
        if self.errors:
            return None
        commune = text_of(self._cell("commune"))
        return CivilLine(
            sheet=self._line.sheet.name, number=self._line.number, name=name[:120], birth=birth,
            national_id=number[0] if number else "", commune=commune[:120],
            commune_id=self._communes.find(commune, text_of(self._cell("district"))),
            hamlet=text_of(self._cell("hamlet"))[:120], died_on=died[0] if died else None,
            certificate=text_of(self._cell("certificate"))[:200], household=household or "",
        )  # fmt: skip

    def _check_death(self, died: tuple[date, str] | None, birth: tuple[date, str] | None) -> None:
        if died is None:
            self._missing("died_on")
        elif died[1] != "day" or died[0] > self._today or (birth and died[0] < birth[0]):
            self._error("died_on", "died_implausible")

    def _cell(self, key: str) -> Cell:
        return self._line.values.get(key)

    def _ask(self, key: str, read: Callable[[Cell], T]) -> T | None:
        try:
            return read(self._cell(key))
        except Unclear as unclear:
            self._error(key, unclear.code)
            return None

    def _error(self, key: str, code: str) -> None:
        self.errors.append(Finding(key, code, {"value": text_of(self._cell(key))[:80]}))

    def _missing(self, key: str) -> None:
        if not any(finding.key == key for finding in self.errors):
            self.errors.append(Finding(key, "missing"))
