"""A hostile or broken file gives a clear error, exit code 1, and changes nothing, in little memory and time."""

from __future__ import annotations

import gzip
import io
import json
import resource
import time
import warnings
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
_ROOT = _RELS.replace("/worksheet", "/officeDocument").replace("worksheets/sheet1.xml", "xl/workbook.xml")
_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


_FRAME = {"[Content_Types].xml": _TYPES, "_rels/.rels": _ROOT, "xl/workbook.xml": _BOOK}


def _good_xlsx(path: Path) -> bytes:
    return workbook(path, {"a": lines([good()])}).read_bytes()


def _zip(path: Path, entries: dict[str, bytes | str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


def _xlsx(path: Path, sheet: str) -> None:
    _zip(path, {**_FRAME, "xl/_rels/workbook.xml.rels": _RELS, "xl/worksheets/sheet1.xml": sheet})


def _bomb(path: Path) -> None:
    _zip(path, {**_FRAME, "xl/_rels/workbook.xml.rels": _RELS, "xl/worksheets/sheet1.xml": b" " * 60_000_000})


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


def _strings(path: Path, strings: str, cells: str) -> None:
    """A workbook whose cells refer to shared strings."""
    _zip(path, {
        **_FRAME, "xl/_rels/workbook.xml.rels": _RELS.replace("</Relationships>", (
            '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
            'sharedStrings" Target="sharedStrings.xml"/></Relationships>'
        )),
        "xl/sharedStrings.xml": strings, "xl/worksheets/sheet1.xml": _SHEET.format(cells),
    })  # fmt: skip


_SST = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" {}>{}</sst>'


def _many_promised_strings(path: Path) -> None:
    _strings(path, _SST.format('count="4000000000" uniqueCount="4000000000"', "<si><t>x</t></si>"),
             '<row r="1"><c r="A1" t="s"><v>0</v></c></row>')  # fmt: skip


def _missing_string(path: Path) -> None:
    _strings(
        path, _SST.format("", "<si><t>x</t></si>"), '<row r="1"><c r="A1" t="s"><v>4000000000</v></c></row>'
    )


def _one_string_everywhere(path: Path) -> None:
    # 2 MB of text, 1,000 times in a sheet: 2 GB if every cell held its own.
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 1_001))
    _strings(path, _SST.format("", f"<si><t>{'họ tên ' * 250_000}</t></si>"), rows)


def _cyclic_entity(path: Path) -> None:
    head = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]>'
    _xlsx(path, head + _SHEET.format('<row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row>'))


def _outside_file(path: Path) -> None:
    secret = path.with_name("secret.csv")
    csv_file(secret, lines([good()]))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file://{secret}">]>'
    _xlsx(path, head + _SHEET.format('<row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row>'))


def _path_upwards(path: Path) -> None:
    """The workbook's sheet is said to lie outside it, and an entry's name leads out of any folder."""
    _zip(path, {
        **_FRAME, "../../escaped.xml": _SHEET.format(""),
        "xl/_rels/workbook.xml.rels": _RELS.replace("worksheets/sheet1.xml", "../../../escaped.xml"),
    })  # fmt: skip


def _two_of_one_name(path: Path) -> None:
    _good_xlsx(path)
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("XL/Workbook.xml", _BOOK)


def _false_sizes(path: Path) -> None:
    """The directory says that the sheet unpacks to nothing."""
    _bomb(path)
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(content))


def _million_columns(path: Path) -> None:
    path.write_text("Họ và tên," + "x," * 1_000_000 + "\n")


def _late_nul(path: Path) -> None:
    csv_file(
        path,
        lines([good(national_id=None, name=f"Lê Thị {n}") for n in range(2_000)] + [good(name="Lê\0Thị")]),
    )


def _utf_32(path: Path) -> None:
    csv_file(path, lines([good()]), encoding="utf-32")


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
    "four thousand million promised strings": (_many_promised_strings, {"broken", "no_header", "too_heavy"}),
    "a string that is not there": (_missing_string, {"broken", "no_header"}),
    "a huge string in every row": (_one_string_everywhere, {"no_header", "too_heavy", "unpacks_too_large"}),
    "an entity of itself": (_cyclic_entity, {"broken", "no_header"}),
    "an entity from another file": (_outside_file, {"broken", "no_header"}),
    "a path out of the archive": (_path_upwards, {"broken", "no_header", "not_a_table"}),
    "two entries of one name": (_two_of_one_name, {"broken"}),
    "false sizes": (_false_sizes, {"broken", "too_heavy", "unpacks_too_large"}),
    "a million columns": (_million_columns, {"too_many_columns"}),
    "nul bytes in text": (lambda path: path.write_bytes(b"Ho ten,Nam sinh\nA\0B,1940\n"), {"not_a_table"}),
    "nul bytes far down": (_late_nul, {"broken"}),
    "four bytes a letter": (_utf_32, {"not_a_table", "no_header", "broken"}),
    "half a letter in UTF-16": (lambda path: path.write_bytes(b"\xff\xfeH\0o\0 "), {"broken", "no_header"}),
    "a database": (lambda path: path.write_bytes(b"SQLite format 3\0" + b"\0" * 500), {"not_a_table"}),
    "another compressed file": (lambda path: path.write_bytes(gzip.compress(b"Ho ten\n" * 50)), {"not_a_table"}),
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


def test_the_frame_around_hostile_sheets_is_itself_readable(tmp_path: Path) -> None:
    path = tmp_path / "roll.xlsx"
    texts = [
        "ho ten",
        "ngay sinh",
        "xa",
        "doi tuong",
        "huong tu",
        "A",
        "1940",
        "Mui Ne",
        "BTXH_5.5c",
        "04/2021",
    ]
    strings = "".join(f"<si><t>{text}</t></si>" for text in texts)
    rows = [
        "".join(
            f'<c r="{column}{row}" t="s"><v>{5 * row - 5 + at}</v></c>' for at, column in enumerate("ABCDE")
        )
        for row in (1, 2)
    ]
    _strings(path, _SST.format("", strings), f'<row r="1">{rows[0]}</row><row r="2">{rows[1]}</row>')
    assert load(path).rows == 1


def test_no_file_takes_much_memory(tmp_path: Path) -> None:
    path = tmp_path / "roll.xlsx"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for make in (
        _far_corner,
        _bomb,
        _repeated_ods,
        _one_string_everywhere,
        _many_promised_strings,
        _million_columns,
    ):
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
