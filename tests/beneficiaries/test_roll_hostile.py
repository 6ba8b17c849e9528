"""A hostile or broken file gives a clear error, exit code 1, and changes nothing, in little memory and time."""

from __future__ import annotations

import io
import json
import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from beneficiaries.models import Person
from beneficiaries.roll.table import UnreadableFile
from tests.beneficiaries.roll_files import csv_file, good, lines, workbook
from tests.beneficiaries.test_roll_import import load

pytestmark = pytest.mark.usefixtures("world")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>'
)
_BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def _good_xlsx(path: Path) -> bytes:
    return workbook(path, {"a": lines([good()])}).read_bytes()


def _zip(path: Path, entries: dict[str, bytes | str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


def _xlsx(path: Path, sheet: str) -> None:
    _zip(path, {"[Content_Types].xml": _TYPES, "xl/workbook.xml": _BOOK, "xl/_rels/workbook.xml.rels": _RELS,
                "xl/worksheets/sheet1.xml": sheet})  # fmt: skip


def _bomb(path: Path) -> None:
    _zip(path, {"xl/workbook.xml": _BOOK, "xl/worksheets/sheet1.xml": b" " * 60_000_000})


def _macros(path: Path) -> None:
    _good_xlsx(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")


def _encrypted_entry(path: Path) -> None:
    content = bytearray(_good_xlsx(path))
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(bytes(content))


def _far_corner(path: Path) -> None:
    _xlsx(path, _SHEET.format('<row r="1"><c r="A1"><v>1</v></c></row>'
                              '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))  # fmt: skip


def _entities(path: Path) -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "lol">{levels}]>'
    _xlsx(path, head + _SHEET.format('<row r="1"><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row>'))


def _repeated_ods(path: Path) -> None:
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        '<table:table table:name="a"><table:table-row table:number-rows-repeated="1000000000">'
        '<table:table-cell office:value-type="string" table:number-columns-repeated="100000"><text:p>x</text:p>'
        "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    _zip(path, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content,
                "META-INF/manifest.xml": "<x/>"})  # fmt: skip


def _wide(path: Path) -> None:
    workbook(path, {"a": [[f"c{n}" for n in range(250)], [1] * 250]})


def _no_header(path: Path) -> None:
    workbook(path, {"a": [["một", "hai", "ba"], [1, 2, 3]]})


CASES: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "missing": (lambda path: None, {"missing"}),
    "a folder": (lambda path: path.mkdir(), {"missing"}),
    "empty": (lambda path: path.write_bytes(b""), {"empty"}),
    "blanks": (lambda path: path.write_bytes(b"\xef\xbb\xbf  \n\n"), {"empty"}),
    "a bomb": (_bomb, {"unpacks_too_large"}),
    "macros": (_macros, {"macros"}),
    "encrypted entry": (_encrypted_entry, {"encrypted"}),
    "encrypted": (lambda path: path.write_bytes(
        _OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    ), {"encrypted"}),
    "an old workbook cut short": (lambda path: path.write_bytes(_OLE + b"\0" * 600), {"broken"}),
    "a web page": (lambda path: path.write_text("\ufeff <html><table><tr><td>STT</td></tr></table></html>"), {"html"}),
    "cut short": (lambda path: path.write_bytes(_good_xlsx(path)[:-800]), {"broken"}),
    "cut to a head": (lambda path: path.write_bytes(_good_xlsx(path)[:100]), {"broken"}),
    "noise in a zip": (lambda path: path.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 20), {"broken"}),
    "another zip": (lambda path: _zip(path, {"word/document.xml": "<x/>"}), {"not_a_table"}),
    "a broken sheet": (lambda path: _xlsx(path, "<worksheet><sheetData><row><c"), {"broken", "no_header"}),
    "a cell in the far corner": (_far_corner, {"too_heavy", "too_many_columns", "broken"}),
    "an entity bomb": (_entities, {"broken", "no_header"}),
    "repeated cells": (_repeated_ods, {"too_heavy", "too_many_columns", "broken"}),
    "too many columns": (_wide, {"too_many_columns"}),
    "too many columns in csv": (lambda path: csv_file(path, [["x"] * 5_000]), {"too_many_columns"}),
    "a picture": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 50), {"not_a_table"}),
    "a document": (lambda path: path.write_bytes(b"%PDF-1.7 ..."), {"not_a_table"}),
    "an endless quote": (lambda path: path.write_text('"' + "a" * 300_000), {"broken"}),
    "no header": (_no_header, {"no_header"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_with_its_reason_and_changes_nothing(tmp_path: Path, case: str) -> None:
    make, expected = CASES[case]
    path = tmp_path / "roll.xlsx"
    make(path)
    started = time.perf_counter()
    with pytest.raises(UnreadableFile) as caught:
        load(path)
    assert caught.value.code in expected
    assert time.perf_counter() - started < 30
    assert not Person.objects.exists()


def test_no_file_takes_much_memory(tmp_path: Path) -> None:
    path = tmp_path / "roll.xlsx"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for make in (_far_corner, _bomb, _repeated_ods):
        make(path)
        with pytest.raises(UnreadableFile):
            load(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_the_command_ends_with_one_and_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "roll.xlsx"
    _macros(path)
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"roll\.xlsx") as caught:
        call_command("import_roll", str(path), "--json", stdout=out)
    assert caught.value.returncode == 1
    assert out.getvalue() == ""


def test_control_characters_numbers_without_end_and_formulas_are_only_text(tmp_path: Path) -> None:
    cells = good(name="Nguyễn\x00\x1b[31m Thị\x07 Thử", hamlet="=1+1", amount="1e999", heads="∞")
    path = csv_file(tmp_path / "roll.csv", lines([cells]))
    path.write_bytes(path.read_bytes().replace(b"\x00", b""))
    result = load(path)
    assert [problem.code for problem in result.errors] == ["number"]
    assert "\x1b" not in json.dumps([problem.message for problem in result.errors])


def test_a_sheet_read_by_the_wrong_columns_stops_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("beneficiaries.roll.sheets.MAX_REFUSED", 20)
    bad = [good(birth_date="?", national_id=None) for _ in range(40)]
    with pytest.raises(UnreadableFile) as caught:
        load(workbook(tmp_path / "roll.xlsx", {"a": lines(bad)}))
    assert caught.value.code == "too_many_errors"
    assert "?" in str(caught.value)
