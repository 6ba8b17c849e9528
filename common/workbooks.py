"""Excel files that are handed out: no text in them becomes a formula or a link, whatever somebody entered as a name."""

from __future__ import annotations

from typing import IO

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def new_workbook(target: str | IO[bytes], *, streamed: bool = False) -> xlsxwriter.Workbook:
    """A workbook to write at a path or into a file.

    `streamed`: for any number of rows, written from the top down and kept on disk; else all in memory.
    """
    kept = {"constant_memory": True} if streamed else {"in_memory": True}
    return xlsxwriter.Workbook(target, kept | {"strings_to_formulas": False, "strings_to_urls": False})
