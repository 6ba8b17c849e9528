"""Read a list of what people were paid in a month: any table with names, amounts, and numbers or birth dates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from beneficiaries.roll import cells
from beneficiaries.roll.cells import Unclear, text_of
from beneficiaries.roll.lookups import Communes
from beneficiaries.roll.one_row import Finding
from beneficiaries.roll.sheets import PersonLine, SheetReader
from beneficiaries.roll.table import Cell

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PaidLine:
    """One row: who was paid, and how many đồng. `birth` is a date and what it is known to; `says` is what else
    the row says, the category and columns that nobody asked for."""

    sheet: str
    number: int
    name: str
    birth: tuple[date, str] | None
    national_id: str
    commune_id: int | None
    amount: int
    says: str = ""


class ListReader(SheetReader):
    """The readable rows of a payment list, once; communes are those of `month`.

    `refused_amount` is the đồng of the rows that cannot be read otherwise, as far as the amount can.
    """

    required = (("name",), ("amount",), ("national_id", "birth_date"))

    def __init__(self, path: Path, *, month: date) -> None:
        super().__init__(path)
        self._month = month
        self.refused_amount = 0

    def lines(self) -> Iterator[PaidLine]:
        """Each readable row. Raises UnreadableFile."""
        communes = Communes()
        for line in self._lines():
            row = _Row(line, communes, self._month)
            read = row.read()
            for finding in row.warnings:
                self._tell(self.warnings, line.sheet, line.number, finding)
            if read is None:
                self.refused_amount += row.amount or 0
                self._refuse(line.sheet, line.number, row.errors)
            else:
                yield read


class _Row:
    def __init__(self, line: PersonLine, communes: Communes, month: date) -> None:
        self._line, self._communes, self._month = line, communes, month
        self.errors = list(line.unreadable)
        self.warnings: list[Finding] = []
        self.amount: int | None = None

    def read(self) -> PaidLine | None:
        self.amount = self._ask("amount", cells.whole_number)
        name = text_of(self._cell("name"))
        birth = self._ask("birth_date", cells.date_of)
        sex = self._ask("sex", cells.sex_of) or ""
        number = self._ask(
            "national_id", lambda cell: cells.national_id(cell, birth[0].year if birth else None, sex)
        )
        commune = self._commune()
        for key, found in (("name", name), ("amount", self.amount is not None)):
            if not found:
                self._missing(key)
        if not birth and not (number and number[0]):
            self._missing("birth_date")
        if self.errors:
            return None
        if number and number[1]:
            self.warnings.append(Finding("national_id", number[1]))
        category = " ".join(filter(None, (text_of(self._cell(key)) for key in ("category", "category_name"))))
        return PaidLine(
            sheet=self._line.sheet.name, number=self._line.number, name=name, birth=birth,
            national_id=number[0] if number else "", commune_id=commune, amount=self.amount or 0,
            says="; ".join(filter(None, (category, self._line.notes))),
        )  # fmt: skip

    def _cell(self, key: str) -> Cell:
        return self._line.values.get(key)

    def _ask(self, key: str, read: Callable[[Cell], T]) -> T | None:
        try:
            return read(self._cell(key))
        except Unclear as unclear:
            self.errors.append(Finding(key, unclear.code, {"value": text_of(self._cell(key))[:80]}))
            return None

    def _missing(self, key: str) -> None:
        if not any(finding.key == key for finding in self.errors):
            self.errors.append(Finding(key, "missing"))

    def _commune(self) -> int | None:
        name = text_of(self._cell("commune"))
        if not name:
            return None
        try:
            return self._communes.find(name, text_of(self._cell("district")), self._month).pk
        except Unclear as unclear:
            said = {"value": name[:80], "day": f"{self._month:%d/%m/%Y}"}
            self.errors.append(Finding("commune", unclear.code, said))
            return None
