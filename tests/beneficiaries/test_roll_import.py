"""Importing a roll from a file: every hazard of real lists is handled or named, never guessed silently."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from areas.models import Unit
from beneficiaries.models import Entitlement, PayoutMethod, Person
from beneficiaries.operations.importing import ImportResult, import_roll
from beneficiaries.roll.table import UnreadableFile
from tests.beneficiaries.roll_files import csv_file, good, lines, workbook
from tests.beneficiaries.roll_world import JAN_2024

pytestmark = pytest.mark.usefixtures("world")
TODAY = date(2024, 1, 10)


def load(path: Path, **options: Any) -> ImportResult:
    values = {"settled_before": JAN_2024, "settled_known": True, "today": TODAY}
    return import_roll(path=path, **{**values, **options})


def load_rows(tmp_path: Path, *rows: dict[str, Any], **options: Any) -> ImportResult:
    return load(workbook(tmp_path / "roll.xlsx", {"Sheet1": lines(rows)}), **options)


def counts(result: ImportResult) -> tuple[int, int, int, int, int]:
    return result.rows, result.new, result.changed, result.unchanged, result.refused


def codes(problems: list[Any]) -> list[tuple[int, str]]:
    return [(problem.row, problem.code) for problem in problems]


def test_it_takes_a_good_row(tmp_path: Path) -> None:
    result = load_rows(tmp_path, good())
    assert counts(result) == (1, 1, 0, 0, 0)
    assert (result.errors, result.warnings) == ([], [])
    entitlement = Entitlement.objects.select_related("person").get()
    assert entitlement.person.name == "Nguyễn Thị Thử"
    assert (entitlement.from_month, entitlement.settled_before) == (date(2021, 4, 1), JAN_2024)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("31/01/2027", date(2027, 1, 31)), ("Không thời hạn", None), ("", None)],
)
def test_it_takes_until_when_a_certificate_is_valid(tmp_path: Path, written: str, kept: date | None) -> None:
    result = load_rows(tmp_path, good(certificate_until=written))
    assert (counts(result), result.warnings) == ((1, 1, 0, 0, 0), [])
    assert Entitlement.objects.get().certificate_until == kept


def test_it_refuses_a_certificate_s_end_that_is_no_day(tmp_path: Path) -> None:
    result = load_rows(tmp_path, good(certificate_until="01/2027"))
    assert codes(result.errors) == [(2, "date")]


def test_it_changes_nothing_the_second_time(tmp_path: Path) -> None:
    rows = [good(), good(national_id="060141000002", name="Lê Thị Hai", bank="Agribank", account="0123456789",
                         form="Tài khoản", payee_name="Lê Văn Ba", hamlet="Thôn 2", notes="ở một mình")]  # fmt: skip
    assert counts(load_rows(tmp_path, *rows)) == (2, 2, 0, 0, 0)
    assert counts(load_rows(tmp_path, *rows, today=date(2024, 6, 1))) == (2, 0, 0, 2, 0)
    assert PayoutMethod.objects.count() == 2


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    assert counts(load_rows(tmp_path, good(), dry_run=True)) == (1, 1, 0, 0, 0)
    assert not Person.objects.exists()


def test_it_takes_good_rows_and_names_bad_ones_by_sheet_row_and_column(tmp_path: Path) -> None:
    result = load_rows(tmp_path, good(), good(national_id="060141000002", commune="Xã Không Có"))
    assert counts(result) == (2, 1, 0, 0, 1)
    problem = result.errors[0].as_dict()
    assert {key: problem[key] for key in ("sheet", "row", "column", "code")} == {
        "sheet": "Sheet1", "row": 3, "column": "Xã/Phường", "code": "commune"
    }  # fmt: skip
    assert "Xã Không Có" in str(problem["message"])


def test_all_or_nothing_takes_nothing_where_a_row_is_bad(tmp_path: Path) -> None:
    result = load_rows(tmp_path, good(), good(national_id="12"), all_or_nothing=True)
    assert result.refused_file
    assert counts(result) == (2, 0, 0, 0, 2)
    assert not Person.objects.exists()


def test_messages_are_in_the_readers_language(tmp_path: Path) -> None:
    with translation.override("en"):
        english = load_rows(tmp_path, good(birth_date="3/4/41")).errors[0].message
    assert english.startswith("“3/4/41” is not a date")


def test_titles_signatures_and_another_order_of_columns_do_not_disturb_it(tmp_path: Path) -> None:
    header, row = lines([good()])
    other = {"060141000001": "060141000002", "Nguyễn Thị Thử": "Lê Thị Hai"}
    second = [other.get(cell, cell) for cell in row]
    content = [
        ["UBND TỈNH BÌNH THUẬN"], ["DANH SÁCH CHI TRẢ THÁNG 12/2023"], [],
        ["TT", *header[::-1], "Cán bộ phụ trách"], ["(1)", *[f"({n})" for n in range(2, 13)]],
        [1, *row[::-1], "Bà Năm"], ["I. Xã Phú Long"], [2, *second[::-1], None],
        ["Tổng cộng: 02 người", None, 720_000], ["Bằng chữ: bảy trăm hai mươi nghìn đồng"],
        [], [None, "Người lập biểu", None, "Chủ tịch"], [None, None, "Trần Văn Ký"],
    ]  # fmt: skip
    result = load(workbook(tmp_path / "roll.xlsx", {"Thang 12": content}))
    assert counts(result) == (2, 2, 0, 0, 0), result.errors
    assert {code for _row, code in codes(result.warnings)} == {"skipped"}
    assert Person.objects.get(national_id_index="060141000001").notes == "Cán bộ phụ trách: Bà Năm"


def test_headers_are_known_without_diacritics_and_under_other_names(tmp_path: Path) -> None:
    headers = {"name": "HO VA TEN ", "birth_date": "Năm sinh", "national_id": "CMND/CCCD", "commune": "Xã, phường",
               "category": "ma doi tuong", "from_month": "Hưởng từ tháng (mm/yyyy)", "amount": "Số tiền"}  # fmt: skip
    result = load(workbook(tmp_path / "roll.xlsx", {"a": lines([good()], headers)}))
    assert counts(result) == (1, 1, 0, 0, 0), result.errors


def test_every_sheet_with_a_header_is_read(tmp_path: Path) -> None:
    sheets = {
        "Xã A": lines([good()]),
        "Ghi chú": [["gì đó"]],
        "Xã B": lines([good(national_id="060141000002", name="Lê Thị Hai")]),
    }
    result = load(workbook(tmp_path / "roll.xlsx", sheets))
    assert counts(result) == (2, 2, 0, 0, 0)
    assert [(w.sheet, w.code) for w in result.warnings] == [("Ghi chú", "no_header")]


@pytest.mark.parametrize(
    ("cell", "day", "precision"),
    [
        ("12/03/1941", date(1941, 3, 12), "day"), ("12-3-1941", date(1941, 3, 12), "day"),
        ("1941-03-12", date(1941, 3, 12), "day"), (date(1941, 3, 12), date(1941, 3, 12), "day"),
        (15_047, date(1941, 3, 12), "day"), ("ngày 12 tháng 3 năm 1941", date(1941, 3, 12), "day"),
        ("03/1941", date(1941, 3, 1), "month"), ("00/3/1941", date(1941, 3, 1), "month"),
        ("1941", date(1941, 1, 1), "year"), (1941, date(1941, 1, 1), "year"), ("00/00/1941", date(1941, 1, 1), "year"),
    ],
)  # fmt: skip
def test_a_birth_date_is_read_in_any_of_its_forms(
    tmp_path: Path, cell: Any, day: date, precision: str
) -> None:
    result = load_rows(tmp_path, good(birth_date=cell))
    assert result.errors == []
    person = Person.objects.get()
    assert (person.birth_date, person.birth_precision) == (day, precision)


@pytest.mark.parametrize(
    "cell", ["12/03/41", "31/02/1941", "03/20/1941", "khoảng 1941?", "1/1941.5", 12.5, 1700, "3000"]
)
def test_a_birth_date_that_cannot_be_told_is_refused(tmp_path: Path, cell: Any) -> None:
    result = load_rows(tmp_path, good(birth_date=cell))
    assert codes(result.errors) == [(2, "date")]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"birth_date": "12/03/2025"}, "birth_implausible"),
        ({"birth_date": None}, "missing"),
        ({"name": " "}, "missing"),
        ({"name": "A" * 121}, "too_long"),
        ({"from_month": "2021"}, "month"),
        ({"from_month": 4.2021}, "month"),
        ({"from_month": "04/1021"}, "month"),
        ({"from_month": "04/1900"}, "month_implausible"),
        ({"last_month": "03/2021"}, "ends_before_it_begins"),
        ({"died_on": "01/02/2030"}, "died_implausible"),
        ({"category": "BTXH_99"}, "category"),
        ({"category": None, "category_name": "Người tốt"}, "category_name"),
        ({"category": "BTXH_5.1", "category_name": "Thương binh"}, "category_differs"),
        ({"category": "TB"}, "injury_missing"),
        ({"category": "TB", "injury_rate": "450"}, "percent"),
        ({"category": "TB_45", "injury_rate": 46}, "injury_differs"),
        ({"category": "BTXH_5.4"}, "heads_missing"),
        ({"category": "BTXH_5.4", "heads": 2, "children": "Lê Con, 2015"}, "heads_differ"),
        ({"category": "BTXH_5.4", "children": "Lê Con 2015"}, "child"),
        ({"commune": "Xã Phú Long", "district": None}, "commune_ambiguous"),
        ({"commune": "Thị trấn Mũi Né"}, "commune_then"),
        ({"sex": "khác"}, "sex"),
        ({"form": "séc"}, "form"),
        ({"form": "Tài khoản", "account": "123456"}, "bank_missing"),
        ({"form": "Tài khoản", "bank": "Agribank"}, "account_missing"),
        ({"form": "TK", "bank": "Ngân hàng Ma", "account": "123456"}, "bank"),
        ({"bank": "Agribank", "account": "12-x?"}, "account"),
        ({"bank": "Agribank", "account": 1234567890123456789}, "account_digits_lost"),
        ({"bank": "Agribank", "account": "1.23E+15"}, "account_digits_lost"),
        ({"obstacle": "vì sao"}, "obstacle"),
        ({"payee_national_id": "060180000007"}, "payee_missing"),
        ({"national_id": "06014100001"}, "id_length"),
        ({"national_id": "0601410000011"}, "id_length"),
        ({"national_id": "06014100000A"}, "id_letters"),
        ({"national_id": "999141000001"}, "id_province"),
        ({"national_id": "6,01E+10"}, "id_digits_lost"),
        ({"name": "Trµ§ B"}, "unreadable"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_with_its_reason(tmp_path: Path, cells: dict[str, Any], code: str) -> None:
    result = load_rows(tmp_path, good(**cells))
    assert code in [problem.code for problem in result.errors]
    assert counts(result) == (1, 0, 0, 0, 1)
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"national_id": 60_141_000_001}, "restored"), ({"national_id": "60141000001"}, "restored"),
        ({"national_id": "060142000001"}, "id_birth_year"), ({"national_id": "060041000001"}, "id_sex"),
        ({"bank": "970405", "account": 123456789}, "account_number_cell"), ({"account": "123456789"}, "account_unused"),
        ({"bank": "Agribank", "account": "123456789", "form": "", "holder": "Lê Văn Khác"}, "holder_differs"),
        ({"category": "TB", "injury_rate": 0.45, "amount": 2_650_000}, "percent_of_share"),
        ({"amount": 500_000}, "amount_differs"), ({"birth_date": "12/03/1951", "national_id": None}, "no_age"),
        ({"phone": "12"}, "phone"), ({"name": "Nguyễn Thị Ñử"}, "odd_letters"),
    ],
)  # fmt: skip
def test_a_doubtful_cell_is_taken_with_a_warning(tmp_path: Path, cells: dict[str, Any], code: str) -> None:
    result = load_rows(tmp_path, good(**{"form": None, **cells} if "bank" in cells else cells))
    assert codes(result.warnings) == [(2, code)]
    assert counts(result) == (1, 1, 0, 0, 0)


def test_a_restored_number_has_its_zero_back(tmp_path: Path) -> None:
    load_rows(tmp_path, good(national_id=60_141_000_001))
    assert Person.objects.get().national_id == "060141000001"


def test_it_composes_text_and_drops_stray_spaces(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "  Nguyễn   Thị\u200b Thử ")
    load_rows(tmp_path, good(name=decomposed, commune=unicodedata.normalize("NFD", "phường  mũi né ")))
    assert Person.objects.get().name == "Nguyễn Thị Thử"


@pytest.mark.parametrize(("typed", "font"), [("NguyÔn ThÞ Thö", "TCVN3"), ("Nguyeãn Thò Thöû", "VNI")])
def test_it_turns_old_fonts_into_unicode_and_says_so(tmp_path: Path, typed: str, font: str) -> None:
    result = load_rows(tmp_path, good(name=typed))
    assert codes(result.warnings) == [(2, "legacy_font")]
    assert font in result.warnings[0].message
    assert Person.objects.get().name in ("Nguyễn Thị Thử", "Nguyễn Thị Thử")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_it_reads_csv_in_the_encodings_of_spreadsheets(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = csv_file(tmp_path / "roll.csv", lines([good()]), encoding=encoding, delimiter=delimiter)
    result = load(path)
    assert counts(result) == (1, 1, 0, 0, 0), result.errors
    assert Person.objects.get().name == "Nguyễn Thị Thử"


def test_it_reads_csv_in_windows_vietnamese_code_page(tmp_path: Path) -> None:
    path = tmp_path / "roll.csv"
    text = "\n".join(",".join("" if c is None else str(c) for c in line) for line in lines([good()]))
    windows = "".join(
        char if (base := unicodedata.normalize("NFD", char)) == char else _windows(base) for char in text
    )
    path.write_bytes(windows.encode("cp1258"))
    result = load(path)
    assert counts(result) == (1, 1, 0, 0, 0), result.errors
    assert Person.objects.get().name == "Nguyễn Thị Thử"


def _windows(decomposed: str) -> str:
    """Letters of the code page (â, ê, ô, ă, ơ, ư) with the tone behind them."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    letter = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in tones))
    return letter + "".join(c for c in decomposed if c in tones)


def test_one_number_for_two_people_is_named(tmp_path: Path) -> None:
    result = load_rows(tmp_path, good(), good(name="Lê Thị Khác", category="TB_45", amount=2_650_000))
    assert codes(result.errors) == [(3, "person_differs")]
    assert "2" in result.errors[0].message
    assert "Họ và tên" in result.errors[0].message


def test_a_row_twice_is_named(tmp_path: Path) -> None:
    result = load_rows(tmp_path, good(), good())
    assert codes(result.errors) == [(3, "repeated")]
    assert counts(result) == (2, 1, 0, 0, 1)


def test_band_codes_stems_and_names_mean_the_category(tmp_path: Path) -> None:
    load_rows(
        tmp_path,
        good(category="TB_45", amount=2_650_000),
        good(national_id="060141000002", category="TB", injury_rate="46%", amount="2.700.000 đ"),
        good(national_id="060141000003", category=None, category_name="người từ đủ 80 tuổi không có lương hưu trợ cấp"),
        good(national_id="060220000004", birth_date="01/02/2020", category="BTXH_5.1_U4", amount=900_000, sex="Nam"),
    )  # fmt: skip
    assert list(Entitlement.objects.order_by("id").values_list("category_id", "injury_rate")) == [
        ("TB", 45), ("TB", 46), ("BTXH_5.5c", None), ("BTXH_5.1", None)
    ]  # fmt: skip


def test_children_are_taken_by_name(tmp_path: Path) -> None:
    children = "Lê Thị Con, 2015; Lê Văn Con, 03/02/2018"
    result = load_rows(tmp_path, good(birth_date="05/05/1990", national_id="060190000001", category="BTXH_5.4",
                                      heads=2, children=children, amount=720_000))  # fmt: skip
    assert (result.errors, result.warnings) == ([], [])
    assert Entitlement.objects.get().child_rows.count() == 2


def test_the_month_paid_through_is_the_rows_own_or_the_callers(tmp_path: Path) -> None:
    rows = [good(), good(national_id="060141000002", name="Lê Thị Hai", paid_through=None)]
    result = load_rows(tmp_path, *rows, settled_before=date(2023, 7, 1), settled_known=False)
    assert set(Entitlement.objects.values_list("settled_before", flat=True)) == {JAN_2024, date(2023, 7, 1)}
    assert codes(result.warnings) == [(3, "settled_unknown")]
    assert "2023-07" in result.warnings[0].message


def test_a_bank_is_known_by_bin_short_name_and_full_name(tmp_path: Path, world: dict[str, Unit]) -> None:
    names = ["970405", 970405, "AGRIBANK", "Ngân hàng Nông nghiệp và Phát triển Nông thôn Việt Nam",
             "Agribank - Chi nhánh Phan Thiết"]  # fmt: skip
    rows = [good(national_id=f"06014100000{n}", bank=bank, account=f"01234567{n}", form=None)
            for n, bank in enumerate(names)]  # fmt: skip
    result = load_rows(tmp_path, *rows)
    assert result.errors == []
    assert set(PayoutMethod.objects.values_list("provider_id", flat=True)) == {"970405"}


@pytest.mark.parametrize("column", ["commune", "from_month", "birth_date"])
def test_a_sheet_without_a_needed_column_is_refused_as_a_whole(tmp_path: Path, column: str) -> None:
    cells = {key: cell for key, cell in good().items() if key != column}
    with pytest.raises(UnreadableFile) as caught:
        load_rows(tmp_path, cells)
    assert caught.value.code == "missing_columns"
    assert not Person.objects.exists()


def test_an_example_of_the_template_is_no_person(tmp_path: Path) -> None:
    result = load_rows(tmp_path, good(stt="VÍ DỤ"), good(stt=1, national_id="060141000002"))
    assert counts(result) == (1, 1, 0, 0, 0)


def test_columns_without_a_name_make_no_row_a_repeated_header(tmp_path: Path) -> None:
    header, row = lines([good()])
    wide = [[*header[:3], *[None] * 5, *header[3:]], [*row[:3], *[None] * 5, *row[3:]]]
    assert counts(load(workbook(tmp_path / "roll.xlsx", {"a": [*wide, wide[0]]}))) == (1, 1, 0, 0, 0)
