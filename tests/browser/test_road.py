"""The road to cashless in a real browser: from the worklist to the account, and every page sound."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from beneficiaries.models import Candidate, Obstacle, Outreach, PayoutMethod, Way
from beneficiaries.operations import outreach
from common.text import fold
from tests import desk_world, worlds
from tests.browser.conftest import Watched
from tests.browser.looking import faults_of_pages, sign_in
from tests.desk_world import DECEMBER, World

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60_000


@pytest.fixture
def world(live_server: LiveServer) -> World:
    made = desk_world.build(password=True)
    worlds.run_round(DECEMBER)
    return made


def enter(page: Page, site: str, who: str) -> None:
    """Sign in, as an officer who has just entered the code of her authenticator."""
    sign_in(page, site, who)
    key = next(one["value"] for one in page.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME)  # type: ignore[typeddict-item]
    session = SessionStore(key)
    session["confirmed_at"] = timezone.now().timestamp()
    session.save()


def answer_of_the_bank(path: Path, candidates: list[Candidate]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        rows = [("Mã tham chiếu", "Số tài khoản", "Chủ tài khoản")]
        rows += [(one.reference, f"0970001{one.number}", fold(one.person.name).upper()) for one in candidates]
        for line, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write_string(line, column, value)
    return path


def test_two_people_come_from_the_worklist_to_an_account(
    live_server: LiveServer, world: World, watched: Watched, tmp_path: Path
) -> None:
    page, site = watched.page, live_server.url
    page.set_default_timeout(PATIENCE)
    enter(page, site, "commune_officer")
    chosen = world.people[2:4]
    page.goto(site + reverse("road"))
    for person in chosen:
        page.get_by_label(person.name, exact=True).check()
    page.get_by_role("button", name="Ghi câu trả lời của những người đã chọn").click()
    for person in chosen:
        page.locator(f"#id_p{person.pk}-answer").select_option("agrees")
    with page.expect_navigation():
        page.get_by_role("button", name="Ghi câu trả lời").click()
    assert set(Outreach.objects.values_list("person", "answer")) == {(one.pk, "agrees") for one in chosen}
    for person in chosen:
        page.get_by_label(person.name, exact=True).check()
    page.get_by_role("button", name="Mời những người đã chọn mở tài khoản").click()
    page.locator("#id_provider").select_option(worlds.AGRIBANK)
    page.fill("#id_on", "10/12/2024")
    page.fill("#id_place", "Nhà văn hóa")
    with page.expect_navigation():
        page.get_by_role("button", name="Lập danh sách").click()
    for person in chosen:
        page.get_by_label(person.name, exact=True).check()
    with page.expect_navigation():
        page.get_by_role("button", name="Những người đã chọn đã đồng ý").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải tệp").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    candidates = list(Candidate.objects.select_related("person").order_by("number"))
    page.set_input_files("#id_file", answer_of_the_bank(tmp_path / "ket-qua.xlsx", candidates))
    with page.expect_navigation():
        page.get_by_role("button", name="Đọc tệp").click()
    address = page.url
    enter(page, site, "approver")
    page.goto(address)
    with page.expect_navigation():
        page.get_by_role("button", name="Duyệt: chi trả cho 2 người qua tài khoản").click()
    expect(page.get_by_role("status").first).to_contain_text("2 người")
    now = PayoutMethod.objects.filter(person__in=chosen).values_list("channel", "provider")
    assert list(now) == [("bank", worlds.AGRIBANK)] * 2
    assert watched.faults == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_of_the_road_is_sound_at_the_desk_and_on_a_phone(
    live_server: LiveServer, world: World, watched: Watched, language: str
) -> None:
    Obstacle.objects.create(person=world.people[2], reason="chooses_cash", noted_on=date(2024, 1, 5))
    clerk = world.officers["commune_officer"]
    plan = outreach.make_plan(
        commune=worlds.commune(), on=date(2024, 12, 5), way=Way.MEETING, group="elderly", hamlets=[], place="",
        by=clerk, at=worlds.NOON,
    )  # fmt: skip
    page = watched.page
    page.set_default_timeout(PATIENCE)
    enter(page, live_server.url, "commune_officer")
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    addresses = [
        reverse("road"), f"{reverse('road_note')}?plan={plan.pk}", f"{reverse('road_plans')}?month=2024-12",
        f"{reverse('campaign_invite')}?person={world.people[3].pk}", reverse("campaigns"),
        reverse("person", args=[world.people[2].pk]), reverse("person_receipt", args=[world.people[0].pk]),
        reverse("person_receipt", args=[world.people[2].pk]),
    ]  # fmt: skip
    assert faults_of_pages(watched, live_server.url, addresses, language=language) == {}
