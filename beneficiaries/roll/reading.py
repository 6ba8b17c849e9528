"""Read a roll: give the good rows and name the bad ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from beneficiaries.roll.columns import HEADERS
from beneficiaries.roll.one_row import Finding, OneRow, References
from beneficiaries.roll.row import RollRow
from beneficiaries.roll.sheets import PersonLine, SheetReader
from common.months import format_month
from common.text import fold

_PERSONAL = ("name", "birth_date", "commune", "account", "died_on")


class RollReader(SheetReader):
    """The good rows of a roll, once.

    `settled_before` is the first month to pay where the row has no Đã chi trả đến hết tháng (`settled_known` says
    whether somebody said so), `today` the day beyond which no one is born, `units` the communes whose roll it is
    (None: any).
    """

    required = (("name",), ("birth_date",), ("commune",), ("from_month",), ("category", "category_name"))

    def __init__(
        self,
        path: Path,
        *,
        settled_before: date,
        settled_known: bool,
        today: date,
        units: frozenset[int] | None = None,
    ) -> None:
        super().__init__(path)
        self._units = units
        self._settled_before, self._settled_known, self._today = settled_before, settled_known, today
        self._people: dict[str, tuple[int, tuple[str, ...]]] = {}

    def rows(self) -> Iterator[RollRow]:
        """Each good row."""
        references = References()
        for line in self._lines():
            row = self._row(line, references)
            if row is not None:
                yield row

    def _row(self, line: PersonLine, references: References) -> RollRow | None:
        reader = OneRow(line.values, line.notes, references, self._settled_before, self._today)
        row = reader.read(line.sheet.name, line.number)
        for finding in reader.warnings:
            self._tell(self.warnings, line.sheet, line.number, finding)
        findings = line.unreadable + reader.errors
        if row:
            findings += self._differences(row) + self._elsewhere(row)
        if findings or row is None:
            self._refuse(line.sheet, line.number, findings)
            return None
        if line.values.get("paid_through") is None and not self._settled_known:
            self._told_once(line.sheet, line.number, "paid_through", "settled_unknown",
                            {"month": format_month(self._settled_before)})  # fmt: skip
        return row

    def _elsewhere(self, row: RollRow) -> list[Finding]:
        outside = self._units is not None and row.commune_id not in self._units
        return [Finding("commune", "outside_area")] if outside else []

    def _differences(self, row: RollRow) -> list[Finding]:
        """A number that comes again must describe the same person."""
        if not row.national_id:
            return []
        said = (fold(row.name), f"{row.birth_date} {row.birth_precision}", str(row.commune_id),
                f"{row.channel} {row.provider} {row.account}", str(row.died_on))  # fmt: skip
        first, known = self._people.setdefault(row.national_id, (row.number, said))
        keys = [key for key, ours, theirs in zip(_PERSONAL, said, known, strict=True) if ours != theirs]
        if not keys:
            return []
        columns = ", ".join(HEADERS[key] for key in keys)
        return [Finding("national_id", "person_differs", {"other": str(first), "columns": columns})]
