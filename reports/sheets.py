"""A report that goes upwards, once: the page, the Excel file and the paper to sign are made from the same sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from common.money import format_number
from common.typesetting import typeset
from common.workbooks import new_workbook

TEMPLATE = Path(__file__).resolve().parent / "typst" / "sheet.typ"
Cell = str | int | None
NONE = "–"
SHORT = 14  # letters of a text that is not broken


@dataclass(frozen=True, slots=True)
class Table:
    """One table: text in the columns named in `Sheet.texts`, whole numbers (people or đồng) in the others.

    `folded`: a page shows its title until it is opened; files always hold all of it.
    """

    title: str
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    folded: bool = False

    @property
    def shown(self) -> list[list[str]]:
        return [[shown(cell) for cell in row] for row in self.rows]

    @property
    def shown_total(self) -> list[str]:
        return [shown(cell) for cell in self.total]


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of a page: its text, the head of its column, and the class that says how it is set."""

    text: str
    label: str
    mark: str


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table of a page."""

    title: str
    folded: bool
    rows: list[list[ShownCell]]
    total: list[ShownCell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report: its title, whom and when it is of, its tables with one head for all, and who signs it.

    `texts` are the columns that hold text, counted from 0; `widths` the columns' parts of the paper's width;
    `tall`: rows are high enough to be signed.
    """

    title: str
    subtitle: str
    heads: Sequence[str]
    tables: Sequence[Table]
    notes: Sequence[str] = ()
    signers: Sequence[str] = ()
    texts: Sequence[int] = (0,)
    widths: Sequence[float] = field(default=())
    tall: bool = False

    @property
    def shown_tables(self) -> list[ShownTable]:
        """The tables as a page's template takes them: it only prints, for it is slow at everything else."""
        return [
            ShownTable(
                table.title,
                table.folded,
                [self._shown_row(row) for row in table.shown],
                self._shown_row(table.shown_total),
            )
            for table in self.tables
        ]

    def _shown_row(self, row: Sequence[str]) -> list[ShownCell]:
        return [
            ShownCell(text, label, self._mark(column, text))
            for column, (text, label) in enumerate(zip(row, self.heads, strict=False))
        ]

    def _mark(self, column: int, text: str) -> str:
        if column not in self.texts:
            return "num nil" if column and text == NONE else "num"
        return "nowrap" if column and len(text) < SHORT else ""


def shown(cell: Cell) -> str:
    """As it is printed: numbers with dots, a minus sign that is one, a dash for none."""
    if isinstance(cell, int):
        if not cell:
            return NONE
        return format_number(cell).replace("-", "−")
    return cell or ""


def paper(sheet: Sheet) -> bytes:
    """The report as PDF in A4, heads repeated on every page, numbered, with room for the signatures."""
    data = {
        "title": sheet.title,
        "subtitle": sheet.subtitle,
        "heads": list(sheet.heads),
        "tables": [
            {"title": table.title, "rows": table.shown, "total": table.shown_total} for table in sheet.tables
        ],
        "notes": list(sheet.notes),
        "signers": list(sheet.signers),
        "texts": list(sheet.texts),
        "widths": list(sheet.widths) or [4.0, *(1.4 for _head in sheet.heads[1:])],
        "tall": sheet.tall,
        "day": _("……, day …… month …… year ……"),
        "page": _("page"),
    }
    return typeset(TEMPLATE, data, tagged=True)


def workbook(sheet: Sheet) -> bytes:
    """The report as an Excel file, one worksheet; numbers stay numbers, no text becomes a formula or a link."""
    target = io.BytesIO()
    with new_workbook(target) as book:
        page = book.add_worksheet()
        big, head = (
            book.add_format({"bold": True, "font_size": 14}),
            book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        )
        plain, last = (
            book.add_format(facts | {"num_format": "#,##0"}) for facts in ({}, {"bold": True, "top": 1})
        )
        page.write_string(0, 0, sheet.title, big)
        page.write_string(1, 0, sheet.subtitle)
        line = 2
        for table in sheet.tables:
            line += 1
            if table.title:
                page.write_string(line, 0, table.title, big)
                line += 1
            for column, name in enumerate(sheet.heads):
                page.write_string(line, column, name, head)
            for row in [*table.rows, *([table.total] if table.total else [])]:
                line += 1
                for column, cell in enumerate(row):
                    style = last if row is table.total else plain
                    if isinstance(cell, int):
                        page.write_number(line, column, cell, style)
                    else:
                        page.write_string(line, column, cell or "", style)
            line += 1
        for note in sheet.notes:
            line += 1
            page.write_string(line, 0, note)
        page.set_column(0, len(sheet.heads), 18)
        for column in sheet.texts:
            page.set_column(column, column, 44 if column == min(sheet.texts) else 26)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
    return target.getvalue()
