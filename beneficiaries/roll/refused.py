"""The refused rows of a roll as a workbook: the file's own columns, and the reason in the row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from beneficiaries.roll.columns import REASON_HEADER
from beneficiaries.roll.problem import Problem
from beneficiaries.roll.sheets import SheetTitles
from beneficiaries.roll.table import Cell, open_table
from common.legacy import repair
from common.workbooks import new_workbook


def write_refused(
    path: Path, *, source: Path, errors: Iterable[Problem], sheets: Mapping[str, SheetTitles]
) -> int:
    """Write the rows of `source` that `errors` name, the reason in the first column; how many there were.

    Cells are as they were typed, as text (so no zero is lost again), old fonts in Unicode. Corrected, the workbook
    can be imported as it is. Raises UnreadableFile where the source has gone bad since.
    """
    reasons: dict[tuple[str, int], list[str]] = defaultdict(list)
    for problem in errors:
        said = f"{problem.column}: {problem.message}" if problem.column else problem.message
        reasons[problem.sheet, problem.row].append(said)
    count = 0
    with new_workbook(str(path), streamed=True) as book, open_table(source) as table:
        bold = book.add_format({"bold": True, "text_wrap": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        name, sheet, line = None, None, 0
        for row in table:
            why = reasons.get((row.sheet, row.number))
            if why is None:
                continue
            if row.sheet != name:
                name, line = row.sheet, 0
                sheet = book.add_worksheet()
                sheet.set_column(0, 0, 60)
                sheet.freeze_panes(1, 1)
                sheet.write_string(0, 0, REASON_HEADER, bold)
                kept = sorted(sheets[name].titles)
                for place, position in enumerate(kept, start=1):
                    sheet.set_column(place, place, 18)
                    sheet.write_string(0, place, sheets[name].titles[position], bold)
            assert sheet is not None
            line, count = line + 1, count + 1
            sheet.write_string(line, 0, "\n".join(why), wrapped)
            for place, position in enumerate(kept, start=1):
                text = _shown(row.cells[position]) if position < len(row.cells) else ""
                if text:
                    sheet.write_string(line, place, text)
        if not count:
            book.add_worksheet()
    return count


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "x" if cell else ""
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return repair(cell)[0] if isinstance(cell, str) else str(cell)
