"""What goes upwards: who came and went, half a year of social protection, a year of merit; each adds up."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import translation
from openpyxl import load_workbook

from accounts.access import province_reader
from payments.models import Batch
from payments.transitions import Outcome
from reports.models import Figure, Part
from reports.operations import refresh_figures
from reports.queries.coverage import By
from reports.queries.overview import overview
from reports.queries.upward import changes, settlements, statistics
from tests import worlds
from tests.pdf_text import pdf_text
from tests.reports.test_files import viewer
from tests.reports.world import DECEMBER, NOON, elderly, officers, report, send

pytestmark = pytest.mark.django_db
NOVEMBER = date(2024, 11, 1)


@pytest.fixture(autouse=True)
def reference(db) -> Iterator[None]:
    worlds.load_reference()
    with translation.override("en"):
        yield


def ends(person, reason: str, last: date) -> None:
    person.entitlements.update(last_month=last, end_reason=reason)


def test_increase_and_decrease_tell_who_came_who_went_and_why():
    _stays, dies, leaves = (elderly(f"Nguyễn Thị {name}", since=NOVEMBER) for name in ("Một", "Hai", "Ba"))
    worlds.run_round(NOVEMBER)
    ends(dies, "died", NOVEMBER)
    ends(leaves, "moved_away", NOVEMBER)
    elderly("Nguyễn Thị Bốn", since=DECEMBER)
    worlds.run_round(DECEMBER)
    refresh_figures(at=NOON)
    for found in changes(month=DECEMBER, reader=province_reader()):
        assert len(found.rows) == 1
        sums = found.total
        assert [sums[name] for name in ("before", "new", "died", "other", "held", "now")] == [
            3,
            1,
            1,
            1,
            0,
            2,
        ]
        assert sums["amount"] == 1_000_000


def test_the_first_month_has_nobody_new():
    elderly(since=NOVEMBER)
    worlds.run_round(NOVEMBER)
    refresh_figures(at=NOON)
    by_category, _by_unit = changes(month=NOVEMBER, reader=province_reader())
    assert [by_category.total[name] for name in ("before", "new", "now")] == [1, 0, 1]


def test_statistics_count_people_at_the_end_and_money_of_the_whole_half_year():
    elderly("Nguyễn Thị Một", since=NOVEMBER, bank=True, sex="female")
    elderly("Nguyễn Văn Hai", since=DECEMBER, sex="male")
    worlds.run_round(NOVEMBER)
    worlds.run_round(DECEMBER)
    refresh_figures(at=NOON)
    half = [date(2024, number, 1) for number in range(7, 13)]
    found = statistics(months=half, reader=province_reader())
    assert found.months == [NOVEMBER, DECEMBER]
    assert found.people == 2
    wanted = {
        "people": 2,
        "female": 1,
        "80": 2,
        "months": 3,
        "amount": 1_500_000,
        "amount_cashless": 1_000_000,
    }
    assert {name: found.total[name] for name in wanted} == wanted


def test_the_settlement_keeps_the_months_own_money_apart_from_arrears_and_what_was_delivered_later():
    who = worlds.person("Trần Văn Công")
    worlds.grant(who, "CDHH", since=NOVEMBER, injury_rate=61, queue=False)
    worlds.run_round(NOVEMBER)
    send(NOVEMBER, officers())
    report(Batch.objects.get().payments.get(), Outcome.UNCLAIMED)
    worlds.run_round(DECEMBER)
    refresh_figures(at=NOON)
    (found,) = settlements(periods=[[date(2024, n, 1) for n in (10, 11, 12)]], reader=province_reader())
    sums = found.total
    assert sums["regular"] == sums["carried"] > 0
    assert sums["amount"] == sums["regular"] + sums["carried"]
    assert (sums["people"], sums["months"], sums["arrears"]) == (1, 1, 0)


def test_who_may_not_know_of_an_infection_finds_it_together_with_another_category():
    elderly(since=DECEMBER)
    ill = worlds.person("Lê Văn Tám", born=date(1985, 5, 5))
    worlds.grant(ill, "BTXH_5.8", since=DECEMBER, queue=False)
    worlds.run_round(DECEMBER)
    refresh_figures(at=NOON)
    by_category, _by_unit = changes(month=DECEMBER, reader=province_reader())
    assert [(name, sums["now"]) for name, sums in by_category.rows] == [("Other social protection", 2)]


def test_a_report_says_the_same_on_page_in_excel_and_on_paper_and_names_nobody():
    who = elderly("Nguyễn Thị Duy Nhất", since=DECEMBER)
    worlds.run_round(DECEMBER)
    refresh_figures(at=NOON)
    client = viewer("vi")
    for kind in ("changes", "social-protection", "merit"):
        page = client.get(f"/reports/{kind}/").content.decode()
        sheet = load_workbook(io.BytesIO(client.get(f"/reports/{kind}.xlsx").content)).active
        paper = pdf_text(client.get(f"/reports/{kind}.pdf").content)
        title = sheet.cell(1, 1).value
        assert title in page
        assert title in paper
        assert "Thủ trưởng đơn vị" in paper
        if kind != "merit":
            paid = -1 if kind == "changes" else -2  # social protection ends with what went through accounts
            amounts = [row[paid] for row in sheet.iter_rows(values_only=True) if row[0] == "Tổng"]
            assert amounts[0] == 500_000
            assert "500.000" in page
            assert "500.000" in paper
        assert who.name not in page + paper
    assert client.get("/reports/nothing/").status_code == 404
    assert client.get("/reports/changes/?period=1999-01").status_code == 200


def test_the_post_s_service_is_what_it_handed_out_of_what_has_an_outcome():
    elderly("Nguyễn Thị Một")
    elderly("Nguyễn Thị Hai")
    elderly("Nguyễn Thị Ba")
    worlds.run_round(DECEMBER)
    send(DECEMBER, officers())
    first, second, _waits = Batch.objects.get().payments.order_by("pk")
    report(first, Outcome.PAID)
    report(second, Outcome.UNCLAIMED)
    refresh_figures(at=NOON)
    (month,) = overview(month=DECEMBER, by=By.SCHEME, reader=province_reader()).post
    assert (month.paid, month.listed, month.rate, month.below) == (1, 2, 0.5, True)
    assert Figure.objects.get(part=Part.POST, key="waiting").people == 1
