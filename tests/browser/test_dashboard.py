"""The dashboard on paper and on a phone: one A4 page, and a page that does not have to be scrolled for a minute."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role, RoleName
from areas.models import Unit
from reports.operations import refresh_figures
from tests import worlds
from tests.browser.conftest import DESK, PHONE, Watched
from tests.browser.looking import sign_in
from tests.desk_world import DECEMBER, PASSWORD
from tests.reports.world import elderly

pytestmark = pytest.mark.django_db(transaction=True)
_PAGE = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture
def everywhere(live_server: LiveServer) -> None:
    """Somebody in each commune of the province, so that its tables are as long as they get."""
    worlds.load_reference()
    province = Unit.objects.provinces().get(code="60")
    for number, unit in enumerate(Unit.objects.on(DECEMBER).communes().under(province).order_by("code")):
        elderly(f"Nguyễn Thị {number}", lives=unit, bank=number % 3 == 0)
    worlds.run_round(DECEMBER)
    refresh_figures(at=worlds.NOON)
    user = worlds.officer("tinh")
    user.set_password(PASSWORD)
    user.save()
    Role.objects.create(user=user, name=RoleName.VIEWER, unit=province, valid_from=date(2024, 1, 1))


@pytest.mark.usefixtures("everywhere")
def test_every_view_prints_to_one_sheet_of_a4(watched: Watched, live_server: LiveServer):
    page, site = watched.page, live_server.url
    sign_in(page, site, "tinh")
    views = [f"?by={by}" for by in ("district", "commune", "scheme", "category", "age")]
    for view in [*views, "?by=commune&units=2025-07-01"]:
        page.goto(f"{site}/coverage/{view}")
        expect(page.locator("h1")).to_be_visible()
        paper = page.pdf(prefer_css_page_size=True)
        assert len(_PAGE.findall(paper)) == 1, view
        # A4 in points, as Chromium rounds it.
        width, height = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", paper)[0]
        assert (round(float(width)), round(float(height))) == (595, 842)
    assert watched.faults == []


@pytest.mark.usefixtures("everywhere")
def test_a_phone_shows_the_rate_first_and_folds_what_can_wait(watched: Watched, live_server: LiveServer):
    page, site = watched.page, live_server.url
    sign_in(page, site, "tinh")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{site}/coverage/")
    folds = page.locator("details[data-fold]")
    expect(folds.first).not_to_have_attribute("open", "")
    assert page.locator(".figure.big").bounding_box()["y"] < PHONE["height"]
    assert page.evaluate("document.documentElement.scrollHeight") < 4_000
    folds.first.locator("summary").click()
    expect(folds.first.locator("table")).to_be_visible()
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(f"{site}/coverage/")
    expect(folds.first).to_have_attribute("open", "")
    assert watched.faults == []
