"""The pay desk's camera and its forgotten code, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect
from pytest_django.live_server_helper import LiveServer

from postal.models import Mark
from tests.browser.conftest import CHROMIUM, PHONE
from tests.browser.looking import overflows, serious_faults
from tests.browser.test_pay_desk import CODE, collect, open_desk, phone
from tests.postal import world as post_world
from tests.postal.world import PostWorld

pytestmark = pytest.mark.django_db(transaction=True)
# Debian's Chromium has a camera but no reader of codes, as phones have. This one stands in its place: it looks at the
# picture that the page hands it, and reads the card's text where the picture is the blue of the test's film.
READER = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(video) {
    const canvas = new OffscreenCanvas(1, 1);
    const drawn = canvas.getContext("2d");
    drawn.drawImage(video, 0, 0, 1, 1);
    const [red, green, blue] = drawn.getImageData(0, 0, 1, 1).data;
    return blue > 150 && red < 100 && green < 100 ? [{ rawValue: "CARD" }] : [];
  }
};
"""


@pytest.fixture
def world(live_server: LiveServer) -> PostWorld:
    return post_world.build(password=True)


def blue_film(path: Path) -> Path:
    """Ten pictures of plain blue as a YUV4MPEG2 file, which Chromium plays as its camera."""
    width, height = 320, 240
    chroma = width * height // 4
    picture = b"FRAME\n" + bytes([41]) * (width * height) + bytes([240]) * chroma + bytes([110]) * chroma
    head = f"YUV4MPEG2 W{width} H{height} F30:1 Ip A0:0 C420jpeg\n".encode()
    path.write_bytes(head + picture * 10)
    return path


@contextmanager
def with_camera(playwright: Playwright, folder: Path, card: str | None) -> Iterator[Page]:
    """A phone whose camera sees blue; `card` is what its reader reads there, None for a browser without one."""
    context = playwright.chromium.launch_persistent_context(
        str(folder / "profile"),
        executable_path=str(CHROMIUM),
        args=[
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={blue_film(folder / 'blue.y4m')}",
        ],
        permissions=["camera"],
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        viewport=PHONE,  # type: ignore[arg-type]
    )
    page = context.pages[0]
    if card is not None:
        page.add_init_script(READER.replace("CARD", card))
    with context:
        yield page


def test_the_camera_reads_the_card_into_the_same_search_and_is_let_go(
    live_server: LiveServer, world: PostWorld, playwright: Playwright, tmp_path: Path
) -> None:
    number = world.desk.people[2].national_id
    with with_camera(playwright, tmp_path, f"{number}||Trần Thị Bưởi|20051940|Nữ|Hàm Tiến|01012022") as page:
        open_desk(page, live_server.url, world)
        page.click("text=Quét bằng máy ảnh")
        expect(page.locator("[data-put=name]")).to_contain_text("Trần Thị Bưởi", timeout=30_000)
        expect(page.locator("dialog")).not_to_be_visible()
        assert page.evaluate("document.querySelector('video').srcObject") is None


def test_a_look_that_finds_no_card_is_ended_by_the_clerk(
    live_server: LiveServer, world: PostWorld, playwright: Playwright, tmp_path: Path
) -> None:
    with with_camera(playwright, tmp_path, "") as page:
        open_desk(page, live_server.url, world)
        page.click("text=Quét bằng máy ảnh")
        expect(page.locator("dialog")).to_be_visible()
        expect(page.locator("video")).to_have_js_property("videoWidth", 320, timeout=30_000)
        assert serious_faults(page) == []
        page.click("dialog >> text=Để sau")
        expect(page.locator("dialog")).not_to_be_visible()
        expect(page.locator("video")).to_have_js_property("srcObject", None)
        assert page.input_value("#find") == ""


def test_a_browser_that_reads_no_codes_keeps_to_the_field(
    live_server: LiveServer, world: PostWorld, playwright: Playwright, tmp_path: Path
) -> None:
    with with_camera(playwright, tmp_path, None) as page:
        open_desk(page, live_server.url, world)
        if not page.evaluate("'BarcodeDetector' in window"):
            expect(page.locator("[data-scan]")).to_be_hidden()
        page.fill("#find", "uoi")
        expect(page.locator("[data-put=name]")).to_contain_text("Trần Thị Bưởi")


def forget(page: Page, code: str) -> None:
    page.reload()
    page.locator("summary", has_text="Tôi quên mã").click()
    page.click("[data-part=reset]")
    page.fill("#code-1", code)
    page.fill("#code-2", code)
    page.click("text=Tải danh sách")


def test_a_forgotten_code_loses_nothing_that_was_sent(
    live_server: LiveServer, world: PostWorld, playwright: Playwright, tmp_path: Path
) -> None:
    with phone(playwright, tmp_path) as context:
        page = context.pages[0]
        open_desk(page, live_server.url, world)
        collect(page, "uoi")
        expect(page.locator("[data-part=net]")).to_have_text("đã kết nối", timeout=30_000)
        page.reload()
        page.locator("summary", has_text="Tôi quên mã").click()
        expect(page.locator("[data-part=forgot-none]")).to_be_visible()
        forget(page, "ma-moi-1")
        expect(page.locator("[data-part=sum]")).to_contain_text("1 trên 4", timeout=30_000)
        expect(page.locator("[data-part=aside]")).to_be_hidden()
    assert Mark.objects.count() == 1


def test_marks_under_a_forgotten_code_stay_locked_and_are_sent_when_it_comes_back(
    live_server: LiveServer, world: PostWorld, playwright: Playwright, tmp_path: Path
) -> None:
    with phone(playwright, tmp_path) as context:
        page = context.pages[0]
        open_desk(page, live_server.url, world)
        expect(page.locator("#desk")).to_have_attribute("data-kept", "yes", timeout=30_000)
        context.set_offline(True)
        collect(page, "uoi")
        expect(page.locator("[data-part=net]")).to_contain_text("1 lượt chờ gửi")
        page.reload()
        page.locator("summary", has_text="Tôi quên mã").click()
        expect(page.locator("[data-part=forgot-count]")).to_have_text("1 lượt đánh dấu đang bị khóa.")
        page.click("[data-part=reset]")
        expect(page.locator("[data-part=fault]")).to_contain_text("kết nối mạng trước")
        context.set_offline(False)
        forget(page, "ma-moi-1")
        expect(page.locator("[data-part=sum]")).to_contain_text("0 trên 4", timeout=30_000)
        expect(page.locator("[data-part=aside-count]")).to_have_text("1 lượt đánh dấu đang bị khóa.")
        assert serious_faults(page) == []
        assert overflows(page) <= 0
        page.fill("#code-4", "khong-phai")
        page.click("[data-part=aside] button")
        expect(page.locator("[data-part=aside-fault]")).to_contain_text("không mở được", timeout=30_000)
        assert not Mark.objects.exists()
        page.fill("#code-4", CODE)
        page.click("[data-part=aside] button")
        expect(page.locator("[data-part=sum]")).to_contain_text("1 trên 4", timeout=30_000)
        expect(page.locator("[data-part=aside]")).to_be_hidden()
        expect(page.locator("[data-part=net]")).to_have_text("đã kết nối", timeout=30_000)
    assert Mark.objects.get().kind == "paid"
