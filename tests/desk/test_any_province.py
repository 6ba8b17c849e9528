"""The software is any province's: another one loads, is paid, counted and reorganised by the same pages."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.access import province_reader
from accounts.models import Role, RoleName, User
from areas.models import Unit
from areas.operations import load_units
from beneficiaries.models import Residence
from beneficiaries.providers import load_providers
from benefits.operations import load_benefits
from desk.operations.reorganisation import confirm, prepare
from payments.operations.cycles import run_cycle
from reports.operations import refresh_figures
from reports.queries.coverage import By, coverage
from tests import worlds

CAN_THO = "92"
DECEMBER, JULY = date(2024, 12, 1), date(2025, 7, 1)
ROOT = Path(__file__).resolve().parents[2]
# Data, the demonstration and its made-up people, documents, tests: the places that may name a province.
MAY_NAME = re.compile(
    r"(areas/data|docs|tests|locale|desk/(synthetic|demonstration|management/commands/demo)|bench|README|CHANGELOG)"
)
# Examples that explain an interface: an answer of the banks' API, a row of the roll's template, three docstrings.
EXAMPLES = {
    "areas/operations.py",
    "banks/api/serializers.py",
    "beneficiaries/roll/columns.py",
    "beneficiaries/roll/lookups.py",
    "desk/management/commands/load_reference.py",
    "postal/papers/heading.py",
}
NAMES = re.compile(r"b[iì]nh[\s_-]*thu[aậ]n|phan thi[eế]t|lâm đồng", re.IGNORECASE)


@pytest.mark.django_db
@pytest.mark.slow
def test_another_province_is_loaded_paid_counted_shown_and_reorganised(settings):
    settings.PROVINCE_CODE = CAN_THO
    load_units(province=CAN_THO)
    load_benefits()
    load_providers()
    call_command("seed_roll", people=400, month=DECEMBER, seed=3, stdout=io.StringIO())
    run_cycle(month=DECEMBER, at=timezone.now)
    refresh_figures(at=worlds.NOON)
    reader = province_reader()
    total = coverage(month=DECEMBER, by=By.SCHEME, reader=reader).total
    assert total.all == 400
    districts = coverage(month=DECEMBER, by=By.DISTRICT, reader=reader).rows
    communes = coverage(month=DECEMBER, by=By.COMMUNE, reader=reader).rows
    for rows in (districts, communes):
        assert (sum(row.all for row in rows), sum(row.covered for row in rows)) == (400, total.covered)
    assert {"Quận Ninh Kiều"} <= {row.name for row in districts}

    viewer = User.objects.create_user("xem", password=None)
    province = Unit.objects.on(DECEMBER).get(level="province", code=CAN_THO)
    Role.objects.create(user=viewer, name=RoleName.VIEWER, unit=province, valid_from=date(2024, 1, 1))
    client = Client()
    client.force_login(viewer, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/coverage/?month=2024-12")
    assert page.context["total"].all == 400
    for address in ("/coverage.xlsx", "/coverage.csv", "/coverage.pdf", "/coverage/report.pdf"):
        assert client.get(f"{address}?month=2024-12").status_code == 200

    first, second = worlds.officer("mot"), worlds.officer("hai")
    prepare(on_date=JULY, by=first, at=worlds.NOON)
    moved = confirm(on_date=JULY, by=second, at=worlds.NOON).people
    assert moved == Residence.objects.filter(valid_from=JULY).count() > 0
    assert not Residence.objects.filter(commune__valid_to__lt=JULY, valid_to=None).exists()
    # Cần Thơ kept its code, 92, and took in Hậu Giang and Sóc Trăng.
    after = Unit.objects.on(JULY).get(level="province", code=CAN_THO)
    assert after != province
    assert Role.objects.on(JULY).get(user=viewer).unit == after


def test_no_province_is_named_outside_data_demonstration_and_documents():
    found = []
    for suffix in ("*.py", "*.html", "*.sql", "*.js", "*.typ"):
        for path in ROOT.rglob(suffix):
            place = path.relative_to(ROOT).as_posix()
            if place.startswith((".", "static/vendor", "staticfiles")) or MAY_NAME.match(place):
                continue
            if place in EXAMPLES:
                continue
            found += [
                f"{place}:{number}"
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
                if NAMES.search(line)
            ]
    assert found == []
