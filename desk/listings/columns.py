"""What a list is when it leaves the page: columns with titles, rows with the cells that the page shows."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from django.utils.functional import Promise

from accounts.access import Action
from accounts.http import OfficerRequest
from common.workbooks import new_workbook

# What a workbook made while somebody waits may hold; more is narrowed by a filter first.
MOST_ROWS, MOST_PRINTED = 60_000, 2_500
Cell = str | int | date | None
Row = dict[str, Any]


class TooManyRows(Exception):
    """More rows than a file or a sheet of paper takes."""


@dataclass(frozen=True, slots=True)
class Column:
    """`number`: people or đồng, written as a number and summed by whoever reads it."""

    key: str
    label: str | Promise
    of: Callable[[Row], Cell]
    number: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its page, who may see it, the fields of its form that make a filter, its columns, and its rows as an
    officer's address asks for them: as many as there are, one more than `most` at the most."""

    key: str
    label: str | Promise
    page: str
    action: Action
    fields: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Callable[[OfficerRequest, int], Iterable[Row]]

    def chosen(self, layout: Sequence[tuple[str, str]]) -> list[tuple[Column, str]]:
        """The columns of a layout with their titles; all of them under their own where it has none."""
        known = {column.key: column for column in self.columns}
        found = [(known[key], title or str(known[key].label)) for key, title in layout if key in known]
        return found or [(column, str(column.label)) for column in self.columns]


def cells(
    listing: Listing, columns: Sequence[tuple[Column, str]], request: OfficerRequest, *, most: int
) -> Iterator[list[Cell]]:
    """The list's rows in these columns. Raises TooManyRows at the first beyond `most`."""
    for number, row in enumerate(listing.rows(request, most)):
        if number == most:
            raise TooManyRows
        yield [column.of(row) for column, _title in columns]


def write_workbook(
    columns: Sequence[tuple[Column, str]], rows: Iterable[Sequence[Cell]], *, sheet: str
) -> IO[bytes]:
    """An Excel file: titles in the first row and nothing above them, so that other systems take it as it is.

    Text stays text: no cell becomes a formula, a link or a number.
    """
    made = tempfile.TemporaryFile()  # noqa: SIM115 whoever answers with it closes it
    with new_workbook(made, streamed=True) as book:
        page = book.add_worksheet(sheet[:31])
        head, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        whole = book.add_format({"num_format": "#,##0"})
        page.freeze_panes(1, 0)
        for place, (column, title) in enumerate(columns):
            page.set_column(place, place, 16 if column.number else 24)
            page.write_string(0, place, title, head)
        for line, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, int):
                    page.write_number(line, place, cell, whole)
                elif isinstance(cell, date):
                    page.write_datetime(line, place, cell, day)
                elif cell:
                    page.write_string(line, place, cell)
    made.seek(0)
    return made
