"""Open a spreadsheet or CSV file that anyone may have made, and give its rows: nothing in it can hurt the caller.

The file is looked at before anything reads it (kind, size, what it would unpack to) and then read by a process of
its own with a limit of memory and time (`table_reader.py`), which sends the rows back as lines of JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

Cell = str | int | float | bool | date | None
MAX_BYTES = 200 * 2**20
MAX_UNPACKED = 600 * 2**20
# A roll packs 5 to 20 times; only emptiness packs hundreds of times.
MAX_RATIO, RATIO_COUNTS_FROM = 100, 20 * 2**20
MAX_ROWS, MAX_COLUMNS = 1_048_576, 200
MEMORY, SECONDS = 2 * 2**30, 60

_READER = Path(__file__).parent / "table_reader.py"
_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"


class UnreadableFile(Exception):
    """The file as a whole cannot be taken. `code` is stable; the text says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts from 1 as the spreadsheet does; `total` is how many rows its sheet has (0 where unknown).

    `recoded` says that bytes which are no UTF-8 were read one character each.
    """

    sheet: str
    number: int
    cells: list[Cell]
    total: int = 0
    recoded: bool = False


def _messages() -> dict[str, str]:
    return {
        "missing": _("The file does not exist or cannot be opened."),
        "empty": _("The file is empty."),
        "too_large": _("The file is too large: split it by district."),
        "unpacks_too_large": _("The file would unpack to far more than a roll holds. Copy the roll into a new "
                               "workbook."),
        "encrypted": _("The file is protected by a password. Save it without one."),
        "macros": _("The file holds macros. Save it as .xlsx without macros."),
        "html": _("The file is a web page, not a workbook. Open it in Excel and save it as .xlsx."),
        "broken": _("The file is broken or cut short. Open it in Excel and save it anew as .xlsx."),
        "not_a_table": _("The file is neither a workbook (.xlsx, .xls, .ods) nor CSV text."),
        "too_many_columns": _("A row has more than %(columns)s columns. Copy the roll into a new workbook.")
        % {"columns": MAX_COLUMNS},
        "too_many_rows": _("A sheet has more than %(rows)s rows. Split the file by district.") % {"rows": MAX_ROWS},
        "too_heavy": _("Reading the file takes too much memory or time: it is damaged or made to. "
                       "Copy the roll into a new workbook."),
    }  # fmt: skip


def refuse(code: str) -> UnreadableFile:
    return UnreadableFile(code, _messages()[code])


def check(path: Path) -> str:
    """Which reader the file needs, `workbook` or `csv`; UnreadableFile for what no roll is."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise refuse("missing") from error
    if not size:
        raise refuse("empty")
    if size > MAX_BYTES:
        raise refuse("too_large")
    if head.startswith(_ZIP):
        _check_zip(path, size)
        return "workbook"
    if head.startswith(_OLE):
        _check_ole(path)
        return "workbook"
    if head.startswith(b"PK"):
        raise refuse("broken")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] == b"<":
        raise refuse("html")
    if not text:
        raise refuse("empty")
    if (b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))) or text.startswith(b"%PDF"):
        raise refuse("not_a_table")
    return "csv"


def _check_zip(path: Path, size: int) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise refuse("broken") from error
    names = [entry.filename.lower() for entry in entries]
    if any(entry.flag_bits & 1 for entry in entries):
        raise refuse("encrypted")
    if any(
        name.endswith("vbaproject.bin") or name.startswith(("xl/macrosheets/", "basic/")) for name in names
    ):
        raise refuse("macros")
    unpacked = sum(entry.file_size for entry in entries)
    if (
        unpacked > MAX_UNPACKED
        or (unpacked > RATIO_COUNTS_FROM and unpacked > MAX_RATIO * size)
        or len(names) > 5000
    ):
        raise refuse("unpacks_too_large")
    if len(set(names)) != len(names):
        raise refuse("broken")
    if not {"xl/workbook.xml", "content.xml"} & set(names) and "xl/workbook.bin" not in names:
        raise refuse("not_a_table")


def _check_ole(path: Path) -> None:
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise refuse("encrypted")
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise refuse("macros")


@contextmanager
def open_table(path: Path) -> Iterator[Iterator[Row]]:
    """The rows of every visible sheet, as they are read; UnreadableFile at once or on the way."""
    kind = check(path)
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            [sys.executable, "-I", str(_READER), kind, str(path.resolve()), str(MEMORY), str(SECONDS)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, cwd="/", env={"LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert child.stdout is not None
        try:
            yield _rows(child)
        finally:
            child.kill()
            child.wait()
            child.stdout.close()


def _rows(child: subprocess.Popen[bytes]) -> Iterator[Row]:
    assert child.stdout is not None
    sheet, total, recoded, finished = "", 0, False, False
    for line in child.stdout:
        try:
            said = json.loads(line)
        except ValueError:
            break
        if "row" in said:
            if said["row"] > MAX_ROWS:
                raise refuse("too_many_rows")
            if len(said["cells"]) > MAX_COLUMNS:
                raise refuse("too_many_columns")
            cells = said["cells"]
            if line.count(b"[") > 1:  # a list among the cells is a date
                cells = [date.fromisoformat(cell[0]) if isinstance(cell, list) else cell for cell in cells]
            yield Row(sheet, said["row"], cells, total, recoded)
        elif "sheet" in said:
            sheet, total, recoded = said["sheet"], said["rows"], said["recoded"]
        elif "error" in said:
            raise refuse(said["error"])
        else:
            finished = True
    if not finished:
        # It was stopped by its limits, or the parser gave up on memory: a whole file says so at its end.
        raise refuse("broken" if child.wait() == 1 else "too_heavy")
