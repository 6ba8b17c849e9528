"""Two hundred broken or hostile files, and whether an import refuses each in words, and writes and leaves nothing.

Every file is made here, the same each time; nothing is downloaded and nothing harmful is in them but their shape.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import resource
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

import xlsxwriter
from django.db import transaction

from beneficiaries.models import Entitlement, PayoutMethod, Person, Residence
from beneficiaries.operations.importing import import_roll
from beneficiaries.roll.columns import HEADERS
from beneficiaries.roll.table import UnreadableFile

# What any one of them may cost: processor time, and the memory of the process that reads it and of the importing one.
SECONDS = 20
READER_MB, IMPORT_MB = 300, 300
GOOD = {
    "name": "Nguyễn Thị Thử", "birth_date": "12/03/1941", "sex": "Nữ", "national_id": "060141000001",
    "commune": "Phường Mũi Né", "district": "Thành phố Phan Thiết", "category": "BTXH_5.5c",
    "from_month": "04/2021", "paid_through": "12/2023", "form": "Bưu điện",
}  # fmt: skip
# The first bytes of kinds of files that are no roll.
HEADS = {
    "png": b'\x89PNG\r\n\x1a\n\x00', "jpeg": b'\xff\xd8\xff\xe0\x00\x10JFIF\x00',
    "gif": b'GIF89a\x01\x00\x01\x00\x00', "pdf": b'%PDF-1.7\n', "exe": b'MZ\x90\x00\x03\x00',
    "elf": b'\x7fELF\x02\x01\x01\x00', "rar": b'Rar!\x1a\x07\x01\x00', "7z": b"7z\xbc\xaf'\x1c\x00\x04",
    "xz": b'\xfd7zXZ\x00', "zstd": b'(\xb5/\xfd\x00', "lz4": b'\x04"M\x18\x00', "mp3": b'ID3\x04\x00\x00',
    "mp4": b'\x00\x00\x00 ftypisom', "wav": b'RIFF\x00\x00\x00\x00WAVE', "ogg": b'OggS\x00\x02',
    "flac": b'fLaC\x00\x00', "bmp": b'BM\x00\x00\x00\x00', "tiff": b'II*\x00\x08\x00',
    "ico": b'\x00\x00\x01\x00\x01\x00', "webp": b'RIFF\x00\x00\x00\x00WEBP', "psd": b'8BPS\x00\x01',
    "ttf": b'\x00\x01\x00\x00\x00\x0f', "woff2": b'wOF2\x00\x01', "wasm": b'\x00asm\x01\x00\x00\x00',
    "class": b'\xca\xfe\xba\xbe\x00\x00', "sqlite": b'SQLite format 3\x00', "parquet": b'PAR1\x00\x00',
    "avro": b'Obj\x01\x00', "pickle": b'\x80\x04\x95\x00\x00', "npy": b'\x93NUMPY\x01\x00',
    "cab": b'MSCF\x00\x00\x00\x00', "chm": b'ITSF\x03\x00', "lnk": b'L\x00\x00\x00\x01\x14\x02\x00',
    "plist": b'bplist00\x00', "swf": b'CWS\x0b\x00\x00', "mdb": b'\x00\x01\x00\x00Standard Jet DB\x00',
    "dmg": b'koly\x00\x00\x00\x04', "iso": b'\x00\x00\x00\x00\x00\x00\x00\x00CD001',
    "tar": b'roll.csv\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00',
    "ole": b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
}  # fmt: skip
_XML = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_FAR = (
    "XFD1048576",
    "XFD1",
    "ZZZZZ1",
    "A99999999999",
    "A0",
    "1A",
    "",
    "A-1",
    "AAAAAAAAAAAAAAAA1",
    "IW1048576",
)
_BAD_CELLS = {
    "birth_date": (
        "=1+1",
        "31/02/1941",
        "12/03/41",
        "1/1/3000",
        "hôm qua",
        "12/03/1941; DROP TABLE",
        "99/99/9999",
    ),
    "national_id": (
        "060141",
        "06014100000A",
        "999141000001",
        "6.0141E+10",
        '=HYPERLINK("http://x")',
        "0601410000011",
    ),
    "commune": ("Không Có", "../../etc/passwd", "<script>", "' OR 1=1 --", "\U0001f600", "A" * 5_000),
    "category": ("KHÔNG", "=cmd|' /C calc'!A0", "BTXH_5.5c;TB", "{{7*7}}", "%s%s%n"),
    "from_month": ("13/2021", "2021", "=A1", "00/0000", "tháng", "4/21"),
    "paid_through": ("99/2023", "mai", "@SUM(A1)"),
    "form": ("séc", "+1", "-2+3"),
    "sex": ("X", "=1"),
    "name": ("", "A" * 200, "Ng\u00d7\u00f7\u00a4"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One file's fate; `fault` is '' where it was refused as it must be, `code` why the import refused it.

    `seconds` are of the processor, in both processes; `reader_mb` and `import_mb` are the most that any reading process
    and this process ever held up to this file.
    """

    name: str
    code: str
    seconds: float
    reader_mb: int
    import_mb: int
    fault: str


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Each file by name, written into the folder as it is asked for."""
    whole = _workbook(folder / "good.xlsx", [GOOD])
    for number, (name, suffix, content) in enumerate(_all(whole)):
        path = folder / f"{number:03d}.{suffix}"
        path.write_bytes(content)
        yield name, path
        path.unlink()


def judge(folder: Path, *, today: date, every: int = 1, alone: bool = False) -> Iterator[Verdict]:
    """Import each file (or every so-manieth), take nothing, and say what happened.

    `alone`: this process does nothing else, so that its memory, and that of those it has started, is judged too.
    """
    before = _rows()
    for name, path in islice(files(folder), 0, None, every):
        started = _processor()
        code, fault = _import(path, today)
        seconds = _processor() - started
        reader_mb, import_mb = _peak(resource.RUSAGE_CHILDREN), _peak(resource.RUSAGE_SELF)
        if seconds > SECONDS:
            fault = fault or f"took {seconds:.0f} s of the processor"
        if alone and (reader_mb > READER_MB or import_mb > IMPORT_MB):
            fault = fault or f"memory of {reader_mb} MB reading, {import_mb} MB importing"
        if _rows() != before:
            fault = fault or "rows were written"
        if _children():
            fault = fault or "a process runs on"
        yield Verdict(name, code, seconds, reader_mb, import_mb, fault)


def _processor() -> float:
    """Seconds that this process and those it has ended took: the same on a loaded machine."""
    return sum(os.times()[:4])


def _peak(whose: int) -> int:
    """MB that a process of these held at most: of children, the largest that has ended."""
    return resource.getrusage(whose).ru_maxrss // 1024


def _import(path: Path, today: date) -> tuple[str, str]:
    try:
        with transaction.atomic():
            result = import_roll(
                path=path, settled_before=today.replace(day=1), settled_known=True, today=today
            )
            transaction.set_rollback(True)
    except UnreadableFile as error:
        return error.code, "" if " " in str(error) else "refused without words"
    if result.new or result.changed or not result.refused:
        return (
            "taken",
            f"{result.new} new, {result.changed} changed, {result.refused} refused of {result.rows}",
        )
    return result.errors[0].code, "" if all(
        " " in error.message for error in result.errors
    ) else "without words"


def _rows() -> list[int]:
    return [model.objects.count() for model in (Person, Residence, Entitlement, PayoutMethod)]


def _children() -> list[str]:
    """Readers of tables that this process started and that still run."""
    found = Path(f"/proc/self/task/{os.getpid()}/children")
    pids = found.read_text().split() if found.exists() else []
    commands = [Path(f"/proc/{pid}/cmdline") for pid in pids]
    return [str(path) for path in commands if path.exists() and b"table_reader" in path.read_bytes()]


File = tuple[str, str, bytes]


def _all(whole: bytes) -> Iterator[File]:
    yield from _damaged(whole)
    yield from _made_to_harm(whole)
    yield from _texts()
    yield from _bad_rows()


def _damaged(whole: bytes) -> Iterator[File]:
    for kind, head in HEADS.items():
        yield f"a {kind} called .xlsx", "xlsx", head + b"\0" * 600 + bytes(range(256)) * 4
    for part in range(1, 41):
        yield f"a workbook cut at {part}/41", "xlsx", whole[: len(whole) * part // 41]
    names = zipfile.ZipFile(io.BytesIO(whole)).namelist()
    needed = [name for name in names if "workbook.xml" in name or "sheet1" in name]
    for name in needed:
        yield f"a workbook without {name}", "xlsx", _changed(whole, {name: None})
        yield (
            f"noise for {name}",
            "xlsx",
            _changed(whole, {name: b"\xff\xfe<" * 50}),
        )
    for name in names[:6]:
        yield f"a password on {name}", "xlsx", _locked(whole, name)


def _made_to_harm(whole: bytes) -> Iterator[File]:
    for macro in (
        "xl/vbaProject.bin",
        "XL/VBAPROJECT.BIN",
        "xl/macrosheets/sheet1.xml",
        "Basic/x.xml",
        "deep/vbaProject.bin",
    ):
        yield f"macros in {macro}", "xlsx", _changed(whole, {macro: b"macro"})
    for megabytes in (30, 40, 60, 80):
        for name in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/media/image1.png"):
            yield (
                f"{megabytes} MB of blanks as {name}",
                "xlsx",
                _bomb(whole, name, megabytes),
            )
    yield "six thousand entries", "xlsx", _changed(whole, {f"x/{n}": b"" for n in range(6_000)})
    for place in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
        for what, text in _entities():
            yield f"{what} in {place}", "xlsx", _changed(whole, {place: text})
    for cell in _FAR:
        yield (
            f"only a cell at {cell!r}",
            "xlsx",
            _changed(whole, {"xl/worksheets/sheet1.xml": _sheet(cell)}),
        )


def _texts() -> Iterator[File]:
    text = "\n".join(",".join(row) for row in ([HEADERS[key] for key in GOOD], list(GOOD.values())))
    for encoding in ("utf-32", "utf-32-be", "utf-16-le", "utf-16-be", "cp500", "utf-7"):
        yield f"a list in {encoding}", "csv", text.encode(encoding, "replace")
    for name, press in (("gzip", gzip.compress), ("bzip2", bz2.compress), ("xz", lzma.compress)):
        yield f"a list in {name}", "csv", press(text.encode())
    for where in (0, 10, 100, len(text.encode()) - 1):
        yield (
            f"a NUL at {where}",
            "csv",
            text.encode()[:where] + b"\0" + text.encode()[where:],
        )
    for count in (201, 5_000, 1_000_000):
        yield f"{count} columns", "csv", b"Ho va ten," + b"x," * count
    for page in (
        "<html><table>",
        "<!DOCTYPE html><p>",
        "  <HTML>",
        "<?xml version='1.0'?><x/>",
        '{"a": 1}',
        "[]",
        "just words",
    ):
        yield f"text beginning {page!r}", "csv", page.encode() + b"\n" + b"a b c\n" * 5
    yield "a quote without end", "csv", b'"' + b"a" * 300_000
    yield "nothing", "csv", b""
    yield "only blanks", "csv", b"\xef\xbb\xbf \n\n"


def _bad_rows() -> Iterator[File]:
    for key in ("name", "birth_date", "commune", "from_month", "category"):
        left = {other: cell for other, cell in GOOD.items() if other != key}
        yield f"no column {key}", "xlsx", _workbook(None, [left])
    for key, cells in _BAD_CELLS.items():
        for cell in cells:
            row = GOOD | {key: cell}
            yield f"{key} is {cell[:30]!r}", "xlsx", _workbook(None, [row])


def _workbook(path: Path | None, rows: list[dict[str, str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("a")
        for place, key in enumerate(rows[0]):
            sheet.write_string(0, place, HEADERS[key])
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row.values()):
                sheet.write_string(number, place, cell)
    if path is not None:
        path.write_bytes(out.getvalue())
    return out.getvalue()


def _changed(whole: bytes, entries: dict[str, bytes | None]) -> bytes:
    """The workbook with entries replaced, added, or (None) left out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(whole)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.namelist():
            if entry not in entries:
                target.writestr(entry, source.read(entry))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, content in entries.items():
                if content is not None:
                    target.writestr(name, content)
    return out.getvalue()


def _bomb(whole: bytes, name: str, megabytes: int) -> bytes:
    return _changed(whole, {name: b" " * (megabytes << 20)})


def _locked(whole: bytes, name: str) -> bytes:
    """The flag of encryption in the archive's directory at one entry."""
    content = bytearray(whole)
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        length = int.from_bytes(content[at + 28 : at + 30], "little")
        if content[at + 46 : at + 46 + length] == name.encode():
            content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def _entities() -> Iterator[tuple[str, bytes]]:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    for what, declared, used in (
        ("a thousand million laughs", f'<!ENTITY e0 "lol">{levels}', "&e9;"),
        ("an entity of itself", '<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;"),
        ("a file from outside", '<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;"),
        ("an address from outside", '<!ENTITY a SYSTEM "http://127.0.0.1:9/x">', "&a;"),
    ):
        yield (
            what,
            f'<?xml version="1.0"?><!DOCTYPE x [{declared}]><sst xmlns="{_XML}"><si><t>{used}</t></si></sst>'.encode(),
        )


def _sheet(cell: str) -> bytes:
    return (
        f'<worksheet xmlns="{_XML}"><sheetData><row r="1"><c r="{cell}"><v>1</v></c></row></sheetData></worksheet>'
    ).encode()
