"""Run as a program: read one table file within limits and print its rows as lines of JSON.

    python -I table_reader.py workbook|csv PATH MEMORY_BYTES CPU_SECONDS

Lines: {"sheet", "rows", "recoded"} before the rows of a sheet, {"row", "cells"} for each row that is not empty (a
date is a list of its ISO text), {"error": code} in place of the rest, {"end": true} at last.
"""

import csv
import json
import math
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

WIDEST, TALLEST = 200, 1_048_576
# One character beyond what the caller takes: a cell that is longer is refused there, whatever its length.
LONGEST = 4_001
# Nobody types them; databases refuse some and terminals obey others.
CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])


def main(kind: str, path: str, memory: str, seconds: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for said in read_csv(path) if kind == "csv" else read_workbook(path):
            sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
        sys.stdout.write('{"end": true}\n')
    except MemoryError:
        print('{"error": "too_heavy"}')


def read_workbook(path: str) -> Iterator[dict[str, object]]:
    import python_calamine as calamine

    try:
        workbook = calamine.CalamineWorkbook.from_path(path)
        for about in workbook.sheets_metadata:
            if (
                about.typ != calamine.SheetTypeEnum.WorkSheet
                or about.visible != calamine.SheetVisibleEnum.Visible
            ):
                continue
            sheet = workbook.get_sheet_by_name(about.name)
            if sheet.total_width > WIDEST:
                yield {"error": "too_many_columns"}
                return
            # A lone cell may claim a row that no sheet has: all before it would be read, empty, for hours.
            if sheet.total_height > TALLEST:
                yield {"error": "too_many_rows"}
                return
            yield {"sheet": plain(about.name) or "?", "rows": sheet.total_height, "recoded": False}
            # iter_rows begins at the sheet's first row, though not at its first column.
            for number, row in enumerate(sheet.iter_rows(), start=1):
                cells = [plain(cell) for cell in row]
                if any(cell is not None for cell in cells):
                    yield {"row": number, "cells": cells}
    except calamine.PasswordError:
        yield {"error": "encrypted"}
    except (calamine.CalamineError, OSError, ValueError):
        yield {"error": "broken"}


def plain(cell: object) -> object:
    if isinstance(cell, (datetime, date)):
        return [(cell.date() if isinstance(cell, datetime) else cell).isoformat()]
    if isinstance(cell, (time, timedelta)):
        return str(cell)
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    if isinstance(cell, str):
        return cell[:LONGEST].translate(CONTROLS) or None
    return cell


def read_csv(path: str) -> Iterator[dict[str, object]]:
    encoding, recoded = encoding_of(path)
    csv.field_size_limit(100_000)
    with open(path, encoding=encoding, newline="", errors="strict") as file:
        start = file.read(65_536)
        if "\0" in start:
            yield {"error": "not_a_table"}
            return
        file.seek(0)
        yield {"sheet": "CSV", "rows": 0, "recoded": recoded}
        try:
            reader = csv.reader(text_only(file), delimiter=delimiter_of(start))
            # A quoted cell may hold line breaks: Excel counts the row, so do we.
            for number, row in enumerate(reader, start=1):
                cells = [plain(cell.strip()) for cell in row]
                while cells and cells[-1] is None:
                    cells.pop()
                if cells:
                    yield {"row": number, "cells": cells}
        except (csv.Error, UnicodeError):
            yield {"error": "broken"}


def text_only(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if "\0" in line:
            raise csv.Error("NUL")
        yield line


def encoding_of(path: str) -> tuple[str, bool]:
    """UTF-8 or UTF-16; else Latin-1, which gives every byte back for the old Vietnamese code pages to be told."""
    with open(path, "rb") as file:
        head = file.read(4)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", False
    try:
        with open(path, encoding="utf-8-sig") as text:
            while text.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "latin-1", True
    return "utf-8-sig", False


def delimiter_of(text: str) -> str:
    """Of semicolon, comma and tab the one that cuts some early line into the most cells."""
    lines = text.splitlines()[:20]
    return max(";,\t", key=lambda sign: max((line.count(sign) for line in lines), default=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
