"""The bank's file of opened accounts: read by its column names, refused where it could be misread."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from beneficiaries.opened_file import read_opened
from beneficiaries.operations.campaigns import CampaignRefused, Opened
from beneficiaries.roll.table import UnreadableFile

HEAD = ("Mã tham chiếu", "Họ và tên", "Số tài khoản", "Chủ tài khoản")


def book(path: Path, *rows: tuple[object, ...]) -> Path:
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        for line, row in enumerate((("Ngân hàng",), (), HEAD, *rows)):
            for column, value in enumerate(row):
                sheet.write(line, column, value)
    return path


def test_it_reads_rows_with_an_account_below_any_title(tmp_path):
    found = read_opened(
        book(
            tmp_path / "a.xlsx",
            ("TK1-001", "Đặng Thị Ước", "0970001112221", "DANG THI UOC"),
            ("tk1-002", "Nguyễn Văn Ẩm", "", ""),
            ("TK1-003", "Trần Thị Bưởi", "4802 2050 01122", "TRAN THI BUOI"),
        )
    )
    assert found == [
        Opened(4, "TK1-001", "0970001112221", "DANG THI UOC"),
        Opened(6, "TK1-003", "4802205001122", "TRAN THI BUOI"),
    ]


def test_it_reads_a_csv_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Mã tham chiếu;Số tài khoản;Tên chủ tài khoản\nTK1-001;0970001;DANG THI UOC\n", "utf-8")
    assert read_opened(path) == [Opened(2, "TK1-001", "0970001", "DANG THI UOC")]


@pytest.mark.parametrize(
    "row",
    [
        ("TK1-001", "", 970001112221, "DANG THI UOC"),
        ("TK1-001", "", "9.7E+11", "DANG THI UOC"),
        ("TK1-001", "", "@cmd", "DANG THI UOC"),
        ("TK1-001", "", "0970001", ""),
    ],
    ids=["a number cell", "lost digits", "no number", "no holder"],
)
def test_a_row_that_could_be_misread_refuses_the_file_and_is_named(tmp_path, row):
    with pytest.raises(CampaignRefused) as refused:
        read_opened(book(tmp_path / "a.xlsx", ("TK1-002", "", "0970002", "NGUYEN VAN AM"), row))
    assert len(refused.value.problems) == 1
    assert "TK1-001" in refused.value.problems[0]


def test_files_without_the_columns_or_without_accounts_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Họ tên;Số tài khoản\nA;1\n", "utf-8")
    with pytest.raises(CampaignRefused):
        read_opened(path)
    with pytest.raises(CampaignRefused):
        read_opened(book(tmp_path / "b.xlsx"))


def test_hostile_files_are_refused_by_what_they_are(tmp_path):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (64 * 2**20))
    files = {
        "bomb.xlsx": bomb.getvalue(),
        "page.xls": b"<html><table></table></html>",
        "paper.pdf": b"%PDF-1.4 \0",
        "cut.xlsx": b"PK\x03\x04 cut short",
        "empty.xlsx": b"",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(UnreadableFile):
            read_opened(path)
