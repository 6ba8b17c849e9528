"""A list of households in a real browser: read, ticked where complete, kept; its page sound at desk and phone."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from desk.models import CivilList
from tests import desk_world, worlds
from tests.browser.conftest import Watched
from tests.browser.looking import faults_of_pages, sign_in
from tests.desk.test_civil_lists import households
from tests.desk.test_civil_lists_complete import holder, old, row, stranger

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60_000


def test_an_officer_says_where_the_list_is_complete_and_the_page_is_sound(
    live_server: LiveServer, watched: Watched
) -> None:
    desk_world.build(password=True)
    page, site, away = watched.page, live_server.url, old("22915")
    page.set_default_timeout(PATIENCE)
    for serial in range(50, 53):
        holder(f"Vắng Tên {serial}", serial)
    poor = holder("Còn Nghèo", 53)
    holder("Ở Mũi Né", 54, away)
    text = households(
        row(poor, worlds.commune().name, "Hộ nghèo"), stranger(worlds.commune().name), stranger(away.name)
    )
    sign_in(page, site, "preparer")
    page.goto(site + reverse("civil_lists", args=["poverty"]))
    page.set_input_files("#id_file", {"name": "ho.csv", "mimeType": "text/csv", "buffer": text.encode()})
    page.fill("#id_month", "01/2025")
    with page.expect_navigation():
        page.get_by_role("button", name="Xem kết quả đối chiếu").click()
    made = CivilList.objects.get()
    address = reverse("civil_list", args=[made.pk])
    told = page.get_by_role("row").filter(has_text=worlds.commune().name).first
    expect(told).to_contain_text("quá nửa")  # three of four are missing
    assert faults_of_pages(watched, site, [address]) == {}
    page.get_by_label(f"Đầy đủ: {away.name}").focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.get_by_role("button", name="Đưa vào việc cần làm").click()
    made.refresh_from_db()
    assert {one["unit"]: one["complete"] for one in made.communes} == {
        worlds.commune().pk: False,
        away.pk: True,
    }
    assert [match.person and match.person.name for match in made.matches.all()] == ["Ở Mũi Né"]
    sign_in(page, site, "preparer", "en")
    assert faults_of_pages(watched, site, [address], language="en") == {}
