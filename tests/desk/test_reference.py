"""The reference tables leave whole, as they stand, and no cell of theirs is a formula."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from areas.models import Unit
from beneficiaries.models import Provider
from desk.reference import FORMATS, TABLES, exported
from tests import desk_world, worlds

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", sorted(TABLES))
def test_a_table_has_all_its_rows_in_both_formats(key):
    worlds.load_reference()
    count = TABLES[key].resource._meta.model.objects.count()
    sheet = load_workbook(io.BytesIO(exported(TABLES[key], "xlsx"))).active
    lines = list(csv.DictReader(io.StringIO(exported(TABLES[key], "csv").decode("utf-8-sig"))))
    assert sheet.max_row == count + 1
    assert len(lines) == count > 0


def test_a_unit_stands_with_the_codes_of_its_parent_and_of_who_pays():
    worlds.load_reference()
    lines = csv.DictReader(io.StringIO(exported(TABLES["units"], "csv").decode("utf-8-sig")))
    unit = worlds.commune()
    row = next(row for row in lines if row["code"] == unit.code and row["name"] == "Phường Hàm Tiến")
    assert (row["level"], row["parent__code"], row["paying_unit__code"]) == ("commune", "593", "593")
    assert Unit.objects.filter(code="593").exists()


def test_a_name_that_looks_like_a_formula_is_none_in_the_file():
    Provider.objects.create(code="999999", channel="bank", name='=HYPERLINK("a")', short_name="=1+1")
    sheet = load_workbook(io.BytesIO(exported(TABLES["providers"], "xlsx"))).active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    lines = csv.DictReader(io.StringIO(exported(TABLES["providers"], "csv").decode("utf-8-sig")))
    assert [row["short_name"] for row in lines if row["code"] == "999999"] == ["'=1+1"]


def test_an_unknown_table_or_format_is_not_found():
    world = desk_world.build()
    client = world.client("administrator")
    assert client.get(reverse("reference_file", args=["users", "csv"])).status_code == 404
    assert client.get(reverse("reference_file", args=["units", "json"])).status_code == 404
    assert client.get(reverse("reference_file", args=["units", "csv"])).status_code == 200
    assert set(FORMATS) == {"csv", "xlsx"}
