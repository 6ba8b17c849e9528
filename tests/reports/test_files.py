"""Files say what the page says: December 2024 to the person, on paper, and nothing of a few people in public."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.access import province_reader
from accounts.models import Role, RoleName
from areas.models import Unit
from payments.models import Cycle
from reports.models import Figure, Part, Restatement, Snapshot
from reports.papers import coverage_data, paper, report_data
from reports.queries.coverage import By, Row, coverage
from reports.queries.overview import overview
from reports.tables import SMALL, fold_small, is_small
from tests import worlds
from tests.pdf_text import pdf_text
from tests.reports.world import DECEMBER, NOON

# The Bình Thuận newspaper's figures of December 2024: through accounts, all.
ENGLISH = str.maketrans(".,", ",.")
ARTICLE = {"NCC": (4_283, 9_035), "BTXH": (16_867, 45_614), "total": (21_150, 54_649)}


def viewer(language: str, *, role: str = RoleName.VIEWER, unit: Unit | None = None) -> Client:
    user = worlds.officer(f"{role}-{language}")
    province = Unit.objects.provinces().get(code="60")
    Role.objects.create(user=user, name=role, unit=unit or province, valid_from=date(2024, 1, 1))
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def december(db):
    """The article's month as its snapshot holds it: most of it in one commune, a few people in another."""
    worlds.load_reference()
    Cycle.objects.create(month=DECEMBER, last_month=DECEMBER, reckoned_on=date(2024, 11, 20))
    cycle = Cycle.objects.get()
    cycle.rounds.create(number=0, routed_on=DECEMBER, started_at=NOON, finished_at=NOON, state="done")
    snapshot = Snapshot.objects.create(cycle=cycle, fingerprint="", settled=True, taken_at=NOON)
    big, few = worlds.commune("22918"), worlds.commune("22945")
    for scheme in ("NCC", "BTXH"):
        covered, everybody = ARTICLE[scheme]
        for commune, people, through in ((big, everybody - 3, covered - 2), (few, 3, 2)):
            facts = {"snapshot": snapshot, "commune": commune, "unit": commune.paying_unit, "scheme": scheme}
            sums = {
                "people": people,
                "covered": through,
                "amount": people * 1000,
                "amount_cashless": through * 1000,
            }
            Figure.objects.create(part=Part.WHOLE, **facts, **sums)
    return snapshot


@pytest.mark.parametrize("language", ["vi", "en"])
def test_december_2024_is_the_article_on_page_json_excel_csv_and_paper(december, language):
    client = viewer(language)
    page = client.get("/coverage/?month=2024-12&by=scheme")
    shown = {row.key: (row.covered, row.all) for row in [*page.context["schemes"], page.context["total"]]}
    assert shown == ARTICLE
    text = page.content.decode()
    for figure in ("4.283", "9.035", "16.867", "45.614", "21.150", "54.649", "38,7%"):
        assert (figure if language == "vi" else figure.translate(ENGLISH)) in text

    sheet = load_workbook(io.BytesIO(client.get("/coverage.xlsx?month=2024-12&by=scheme").content)).active
    lines = list(sheet.iter_rows(min_row=5, max_row=7, values_only=True))
    assert {line[0] or "total": line[2:4] for line in lines} == ARTICLE

    answer = client.get("/coverage.csv?month=2024-12&by=scheme")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert {row["code"]: (int(row["covered"]), int(row["all"])) for row in rows} == ARTICLE

    for address in ("/coverage.pdf", "/coverage/report.pdf"):
        made = client.get(f"{address}?month=2024-12&by=scheme")
        assert made.content.startswith(b"%PDF-")
        assert b"/Type/Pages/Count 1/" in made.content


def test_json_and_what_is_printed_on_paper_hold_the_same_figures(december):
    out = io.StringIO()
    call_command("coverage", "2024-12", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert {row["key"]: (row["covered"], row["all"]) for row in answer["rows"]} | {
        "total": (answer["total"]["covered"], answer["total"]["all"])
    } == ARTICLE
    assert answer["total"]["gap"] == 33_499
    # 33,499 people in the twelve months of 2025.
    assert answer["total"]["needed_a_month"] == 2_792
    reader = province_reader()
    printed = coverage_data(
        coverage(month=DECEMBER, by=By.SCHEME, reader=reader), area="Toàn tỉnh", label="chính sách"
    )
    assert [row[1:3] for row in printed["rows"]] == [["4.283", "9.035"], ["16.867", "45.614"]]
    assert printed["total"][1:4] == ["21.150", "54.649", "38,7%"]
    report = report_data(overview(month=DECEMBER, by=By.DISTRICT, reader=reader), difficulties=[])
    said = " ".join(report["paragraphs"])
    for figure in ("21.150", "54.649", "38,7%", "4.283", "9.035", "16.867", "45.614", "33.499", "2.792"):
        assert figure in said


def test_a_page_of_a_hundred_and_twenty_communes_is_one_sheet(december):
    data = coverage_data(
        coverage(month=DECEMBER, by=By.SCHEME, reader=province_reader()), area="Toàn tỉnh", label="xã"
    )
    rows = [["Thị trấn Phan Rí Cửa", *data["rows"][0][1:]]] * 124
    many = data | {"rows": rows, "small": True}
    assert b"/Type/Pages/Count 1/" in paper(many)


def test_the_month_is_marked_as_restated_wherever_it_is_read(december):
    Restatement.objects.create(
        cycle=december.cycle,
        reason="Đổi cách đếm",
        at=NOON,
        people=10,
        covered=3,
        amount=1,
        amount_cashless=1,
    )
    client = viewer("vi")
    assert "Đổi cách đếm" in client.get("/coverage/?month=2024-12").content.decode()
    sheet = load_workbook(io.BytesIO(client.get("/coverage.xlsx?month=2024-12").content)).active
    assert any("Đổi cách đếm" in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_open_data_give_no_small_cell_and_add_up_and_only_the_province_publishes(december):
    client = viewer("vi")
    lines = client.get("/coverage/open-data.csv?month=2024-12").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(lines)))
    assert {row["scheme"] for row in rows} == {"NCC", "BTXH"}
    for scheme in ("NCC", "BTXH"):
        mine = [row for row in rows if row["scheme"] == scheme]
        # Three people of the smaller commune, two of them covered: the two communes stand together.
        assert [(int(row["covered"]), int(row["all"]), row["commune_code"]) for row in mine] == [
            (*ARTICLE[scheme], "")
        ]
    district = viewer("vi", role=RoleName.PREPARER, unit=worlds.commune().parent)
    assert district.get("/coverage/open-data.csv?month=2024-12").status_code == 403


ROW = Row("1", "Xã", 0, 0, Decimal(1), 0, 0, 0)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=12))
def test_small_cells_are_folded_so_that_no_subtraction_gives_them_away(cells):
    rows = [
        replace(ROW, key=str(number), covered=covered, all=covered + cash, amount=covered)
        for number, (covered, cash) in enumerate(cells)
    ]
    shown = fold_small(rows)
    assert not any(is_small(row) for row in shown)
    together = [row for row in shown if not row.key]
    kept = {row.key for row in shown}
    folded = [row for row in rows if row.key not in kept]
    if together:
        assert sum(row.all for row in shown) == sum(row.all for row in rows)
        assert sum(row.covered for row in shown) == sum(row.covered for row in rows)
        assert len(folded) >= 2
    elif folded:  # all together are still fewer than may be told
        total = replace(ROW, covered=sum(r.covered for r in rows), all=sum(r.all for r in rows))
        assert is_small(total) or total.covered < SMALL or total.all - total.covered < SMALL


def test_a_cell_never_begins_as_a_formula(december):
    Unit.objects.filter(pk=worlds.commune("22918").pk).update(name="=1+1")
    text = viewer("vi").get("/coverage.csv?month=2024-12&by=commune").content.decode("utf-8-sig")
    assert "'=1+1" in text


def test_december_2024_is_read_back_from_the_text_of_the_papers_and_a_restated_month_says_so(december):
    client = viewer("vi")
    table = pdf_text(client.get("/coverage.pdf?month=2024-12&by=scheme").content)
    report = pdf_text(client.get("/coverage/report.pdf?month=2024-12").content)
    for text in (table, report):
        for scheme, figures in (
            ("Người có công với cách mạng", "4.283 9.035 47,4%"),
            ("Bảo trợ xã hội", "16.867 45.614 37,0%"),
            ("Toàn tỉnh", "21.150 54.649 38,7%"),
        ):
            assert f"{scheme} {figures}" in text
        assert "đã tính lại" not in text
    Restatement.objects.create(
        cycle_id=DECEMBER,
        reason="Đổi cách đếm",
        at=NOON,
        people=54_600,
        covered=21_000,
        amount=0,
        amount_cashless=0,
    )
    for address in ("/coverage.pdf?month=2024-12&by=scheme", "/coverage/report.pdf?month=2024-12"):
        text = pdf_text(client.get(address).content)
        assert "đã tính lại" in text
        assert "Đổi cách đếm. Trước đó: 21.000 trên 54.600." in text
    sheet = load_workbook(io.BytesIO(client.get("/coverage.xlsx?month=2024-12&by=scheme").content)).active
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)]
    assert cells[1].endswith("đã tính lại")
    assert any("Trước đó: 21.000 trên 54.600." in cell for cell in cells)
