"""The pay desk in a real browser, with and without a network, and after the browser was killed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from pytest_django.live_server_helper import LiveServer

from postal.models import Mark
from postal.queries.desk import scan_hash
from tests.browser.conftest import CHROMIUM, PHONE
from tests.browser.looking import overflows, serious_faults, sign_in
from tests.postal import world as post_world
from tests.postal.world import PostWorld

pytestmark = pytest.mark.django_db(transaction=True)
CODE = "ba-muoi-7"
NOW = timezone.now()


@pytest.fixture
def world(live_server: LiveServer) -> PostWorld:
    return post_world.build(password=True)


def phone(playwright: Playwright, profile: Path) -> BrowserContext:
    """A clerk's phone: what it keeps lies in `profile` and outlives the browser. Its day does not end during a test."""
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=str(CHROMIUM),
        args=["--no-sandbox"] if os.geteuid() == 0 else [],
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        viewport=PHONE,  # type: ignore[arg-type]
    )
    context.clock.set_fixed_time(NOW)
    return context


def open_desk(page: Page, site: str, world: PostWorld, who: str = "post_clerk") -> None:
    sign_in(page, site, who)
    page.goto(site + reverse("post_desk", args=[world.day.pk]))
    page.fill("#code-1", CODE)
    page.fill("#code-2", CODE)
    page.click("text=Tải danh sách")
    expect(page.locator("[data-part=sum]")).to_contain_text("0 trên 4")


def collect(page: Page, name: str) -> None:
    page.fill("#find", name)
    page.locator("[data-do=paid]").click()
    expect(page.locator("#find")).to_have_value("")


def test_marks_made_offline_survive_a_killed_browser_and_are_sent_once(
    live_server: LiveServer, world: PostWorld, playwright: Playwright, tmp_path: Path
) -> None:
    address = live_server.url + reverse("post_desk", args=[world.day.pk])
    context = phone(playwright, tmp_path)
    page = context.pages[0]
    open_desk(page, live_server.url, world)
    expect(page.locator("#desk")).to_have_attribute("data-kept", "yes")
    context.set_offline(True)
    collect(page, "uoi")
    page.fill("#find", "do")
    page.locator("[data-part=found] summary").click()
    page.select_option("select[name=reason]", "absent")
    page.locator("[data-do=not_paid]").click()
    expect(page.locator("[data-part=net]")).to_contain_text("2 lượt chờ gửi")
    assert not Mark.objects.exists()
    context.close()

    context = phone(playwright, tmp_path)
    page = context.pages[0]
    context.set_offline(True)
    page.goto(address)
    page.fill("#code-3", "khong-phai")
    page.click("text=Mở danh sách")
    expect(page.locator("[data-part=fault]")).to_contain_text("không phải")
    page.fill("#code-3", CODE)
    page.click("text=Mở danh sách")
    expect(page.locator("[data-part=sum]")).to_contain_text("1 trên 4")
    expect(page.locator("[data-part=net]")).to_contain_text("2 lượt chờ gửi")
    context.set_offline(False)
    page.click("[data-part=send]")
    # Her session ended with the browser; the marks wait until she has signed in again.
    expect(page.locator("[data-part=net]")).to_contain_text("đăng nhập lại", timeout=15_000)
    assert not Mark.objects.exists()
    sign_in(page, live_server.url, "post_clerk")
    page.goto(address)
    page.fill("#code-3", CODE)
    page.click("text=Mở danh sách")
    expect(page.locator("[data-part=net]")).to_have_text("đã kết nối", timeout=15_000)
    expect(page.locator("[data-part=sum]")).to_contain_text("1 trên 4")
    context.close()
    assert sorted(Mark.objects.values_list("kind", "reason")) == [("not_paid", "absent"), ("paid", "")]


def test_what_lies_on_the_device_names_nobody(
    live_server: LiveServer, world: PostWorld, playwright: Playwright, tmp_path: Path
) -> None:
    context = phone(playwright, tmp_path)
    page = context.pages[0]
    open_desk(page, live_server.url, world)
    expect(page.locator("#desk")).to_have_attribute("data-kept", "yes")
    collect(page, "uoi")
    expect(page.locator("[data-part=net]")).to_have_text("đã kết nối", timeout=15_000)
    context.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for text in ("Trần Thị Bưởi", "tran thi buoi"):
        assert text.encode() not in kept
        assert text.encode("utf-16-le") not in kept


def test_a_scanned_card_finds_its_person_and_two_clerks_are_shown_as_a_conflict(
    live_server: LiveServer, world: PostWorld, playwright: Playwright, tmp_path: Path
) -> None:
    first, second = phone(playwright, tmp_path / "a"), phone(playwright, tmp_path / "b")
    one, two = first.pages[0], second.pages[0]
    open_desk(one, live_server.url, world)
    open_desk(two, live_server.url, world, "second_clerk")
    number = world.desk.people[2].national_id
    card = f"{number}||Trần Thị Bưởi|20051940|Nữ|Khu phố 1, Hàm Tiến|01012022"
    for page in (one, two):
        page.fill("#find", card)
        expect(page.locator("[data-put=name]")).to_contain_text("Trần Thị Bưởi")
        assert serious_faults(page) == []
        assert overflows(page) <= 0
    first.set_offline(True)
    second.set_offline(True)
    for page in (one, two):
        page.locator("[data-do=paid]").click()
        expect(page.locator("[data-part=net]")).to_contain_text("1 lượt chờ gửi")
    first.set_offline(False)
    one.click("[data-part=send]")
    expect(one.locator("[data-part=net]")).to_have_text("đã kết nối", timeout=15_000)
    second.set_offline(False)
    two.click("[data-part=send]")
    expect(two.locator("[data-part=conflict-list]")).to_contain_text(
        "Trần Thị Bưởi: được đánh dấu đã nhận hai lần", timeout=15_000
    )
    first.close()
    second.close()
    assert Mark.objects.count() == 2


def test_the_list_for_the_device_holds_no_identity_number(world: PostWorld) -> None:
    answer = world.client("post_clerk").get(reverse("post_desk_data", args=[world.day.pk]))
    found = json.loads(answer.content)
    number = world.desk.people[2].national_id
    assert number is not None
    assert number not in answer.content.decode()
    assert found["rows"][0]["scan"] == scan_hash(number, found["key"])
