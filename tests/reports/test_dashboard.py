"""The dashboard says where the reader's area stands, to those who may see it."""

import io
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import Role, RoleName
from areas.models import Unit
from beneficiaries.models import Obstacle, Residence
from reports.operations import refresh_figures
from tests import worlds
from tests.pdf_text import pdf_text
from tests.reports.world import DECEMBER, NOON, elderly

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
NOVEMBER = date(2024, 11, 1)


def client_of(role: str, unit: Unit) -> Client:
    user = worlds.officer(f"{role}-{unit.pk}")
    Role.objects.create(user=user, name=role, unit=unit, valid_from=date(2024, 1, 1))
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def viewer(reference):
    return client_of(RoleName.VIEWER, Unit.objects.provinces().get(code="60"))


def two_months():
    covered = elderly(bank=True, since=NOVEMBER)
    other = Unit.objects.on(DECEMBER).communes().exclude(parent=worlds.commune().parent).first()
    uncovered = elderly("Trần Thị Hai", since=NOVEMBER, lives=other)
    Obstacle.objects.create(person=uncovered, reason="no_smartphone", noted_on=date(2024, 5, 1))
    worlds.run_round(NOVEMBER)
    worlds.run_round(DECEMBER)
    refresh_figures(at=worlds.NOON)
    return covered, uncovered


def test_a_viewer_sees_the_newest_month_with_rate_gap_and_pace(viewer):
    two_months()
    page = viewer.get("/coverage/")
    assert page.status_code == 200
    assert page.context["month"] == DECEMBER
    assert (page.context["total"].covered, page.context["total"].all) == (1, 2)
    assert (page.context["change"], page.context["needed"]) == (0, 1)
    text = page.content.decode()
    for shown in ("50.0%", "Whole province", "31/12/2025", "No smartphone", "Phan Thiết"):
        assert shown in text
    assert "Đặng Thị Ước" not in text
    assert "/cycles/" not in text


def test_another_month_and_another_table_are_chosen_by_the_address(viewer):
    two_months()
    page = viewer.get("/coverage/?month=2024-11&by=commune")
    assert page.context["month"] == NOVEMBER
    assert {row.key for row in page.context["rows"]} >= {"22918"}
    assert viewer.get("/coverage/?month=rubbish&by=rubbish").context["by"] == "district"


def test_a_district_officer_sees_the_own_district_only():
    two_months()
    page = client_of(RoleName.PREPARER, worlds.commune().parent).get("/coverage/?by=commune")
    assert page.context["area"] == "Thành phố Phan Thiết"
    assert [row.key for row in page.context["rows"]] == ["22918"]
    assert (page.context["total"].covered, page.context["total"].all) == (1, 1)
    assert page.context["obstacles"] == []


def test_a_commune_leads_to_its_worklist_while_it_stands_and_to_its_people_afterwards():
    july = date(2025, 7, 1)
    old, new = worlds.commune(), worlds.commune("22918", on=july)
    elderly(lives=old)
    worlds.run_round(DECEMBER)
    Residence.objects.all().update(commune=new)
    worlds.run_round(july)
    refresh_figures(at=NOON)
    admin = client_of(RoleName.ADMINISTRATOR, Unit.objects.on(july).get(level="province"))
    (row,) = admin.get("/coverage/?month=2024-12&by=commune").context["rows"]
    assert row.url == f"/people/?commune={old.pk}&channel=post"
    (row,) = admin.get("/coverage/?month=2025-07&by=commune").context["rows"]
    assert row.url == f"/road/?commune={new.pk}"


def test_a_post_clerk_is_refused():
    client = client_of(RoleName.POST_CLERK, Unit.objects.provinces().get(code="60"))
    assert client.get("/coverage/").status_code == 403
    assert client.get("/coverage.xlsx").status_code == 403


def test_an_empty_province_says_what_to_do_next(viewer):
    assert "as soon as" in viewer.get("/coverage/").content.decode()
    assert viewer.get("/coverage.xlsx").status_code == 404
    admin = client_of(RoleName.ADMINISTRATOR, Unit.objects.provinces().get(code="60"))
    assert "Import the roll" in admin.get("/coverage/").content.decode()


def test_the_excel_file_holds_the_shown_table_and_no_formula(viewer):
    two_months()
    answer = viewer.get("/coverage.xlsx?month=2024-12&by=scheme")
    assert answer["Content-Disposition"].endswith('2024-12-scheme.xlsx"')
    sheet = load_workbook(io.BytesIO(answer.content)).active
    lines = list(sheet.iter_rows(min_row=5, values_only=True))
    assert lines[0][0] == "BTXH"
    assert lines[0][2:] == (1, 2, 0.5, 1, 1, 1_000_000, 500_000, 1_000_000)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_page_with_standing_figures_asks_the_database_a_bounded_number_of_times(viewer):
    two_months()
    viewer.get("/coverage/")
    with CaptureQueriesContext(connection) as queries:
        viewer.get("/coverage/?by=category")
    assert len(queries) <= 30, "\n".join(query["sql"][:150] for query in queries)


def test_a_district_sees_the_province_s_total_alone_unless_the_province_opens_its_figures(settings):
    elsewhere = Unit.objects.on(DECEMBER).communes().filter(parent__code="594").order_by("code")[0]
    here, there = elderly(bank=True), elderly("Trần Thị Hai", lives=elsewhere)
    worlds.run_round(DECEMBER)
    refresh_figures(at=NOON)
    home, away = (who.residences.get().commune.parent for who in (here, there))
    assert home != away
    client = client_of(RoleName.VIEWER, home)
    page = client.get("/coverage/?month=2024-12")
    assert page.context["total"].all == 1
    assert (page.context["province"].covered, page.context["province"].all) == (1, 2)
    assert away.name not in page.content.decode()
    assert client.get(f"/coverage/?month=2024-12&unit={away.pk}").context["total"].all == 1
    settings.OPEN_FIGURES = True
    page = client.get("/coverage/?month=2024-12")
    assert (page.context["total"].all, page.context["province"]) == (2, None)
    assert away.name in page.content.decode()
    assert client.get(f"/coverage/?month=2024-12&unit={away.pk}").context["within"] == away.pk
    # What is reported upwards stays one's own.
    report = client.get("/reports/changes/?period=2024-12").context["sheet"]
    assert report.tables[0].total[6] == 1
    monthly = pdf_text(client.get("/coverage/report.pdf?month=2024-12").content)
    assert home.name in monthly
    assert away.name not in monthly
