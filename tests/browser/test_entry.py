"""A new grant by keyboard and scanner alone, in a real browser: entered, kept without a connection, decided, paid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from beneficiaries.models import ChangeRequest, Person
from beneficiaries.operations import changes
from payments.models import Payment
from tests import desk_world, worlds
from tests.browser.conftest import DESK, PHONE, Watched
from tests.browser.looking import overflows, serious_faults, sign_in
from tests.desk_world import DECEMBER, World
from tests.vietqr import make_vietqr

pytestmark = pytest.mark.django_db(transaction=True)
CARD = "060144000077|260123456|Hồ Thị Lành|10091944|Nữ|Khu phố 1, Hàm Tiến, Phan Thiết, Bình Thuận|02052021"
ACCOUNT = make_vietqr(bin=worlds.AGRIBANK, account="1500205123456")
SLOW = 30_000
# Card, Moran and Newell's keystroke-level model: 0.28 s a key for an average typist; a scan is a reach and a beep.
SECONDS_A_KEY, SECONDS_A_SCAN = 0.28, 4


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    with time_machine.travel(worlds.NOON, tick=True):
        yield


@pytest.fixture
def world(live_server: LiveServer) -> World:
    made = desk_world.build(password=True)
    worlds.run_round(date(2024, 11, 1))
    return made


class Hands:
    """Counts what the officer presses and scans; a scanner types its text and Enter by itself."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.scans = page, 0, 0

    def scan(self, text: str) -> None:
        self.scans += 1
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def type(self, text: str) -> None:
        self.keys += len(text)
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    @property
    def seconds(self) -> float:
        return self.keys * SECONDS_A_KEY + self.scans * SECONDS_A_SCAN


def at(page: Page, name: str) -> None:
    """Waits until the field of that name (or id) has the cursor."""
    page.wait_for_function(
        "name => [document.activeElement.name, document.activeElement.id].includes(name)",
        arg=name,
        timeout=SLOW,
    )


def test_a_new_grant_by_keyboard_and_scanner_is_approved_by_another_and_paid(
    live_server: LiveServer, world: World, watched: Watched
) -> None:
    page = watched.page
    sign_in(page, live_server.url, "commune_officer")
    page.goto(live_server.url + reverse("entry_new"))
    hands = Hands(page)
    at(page, "scan")
    hands.scan(CARD)
    at(page, "id_category_words")
    hands.type("80 tuoi")
    expect(page.locator("#id_category_list [aria-selected=true]")).to_contain_text("80 tuổi")
    hands.press("Enter")
    at(page, "decision_number")
    hands.type("418/QĐ-UBND")
    hands.press("Enter")
    at(page, "decision_date")
    hands.type("15112024")
    hands.press("Enter")
    hands.press("Enter")
    at(page, "from_month")
    hands.type("092024")
    hands.press("Enter")
    at(page, "channel")
    hands.press("ArrowUp")
    hands.press("Enter")
    at(page, "vietqr")
    hands.scan(ACCOUNT)
    at(page, "holder")
    hands.type("HO THI LANH")
    hands.press("Enter")
    expect(page.locator("#foreseen")).to_contain_text(
        re.compile(r"Sẽ được nhận 500\.000\s₫ mỗi tháng"), timeout=SLOW
    )
    expect(page.locator("#foreseen")).to_contain_text(re.compile(r"chi 2\.000\.000\s₫"))
    expect(page.locator("#saved")).to_contain_text("Đã tự lưu", timeout=SLOW)
    assert serious_faults(page) == []
    at(page, "scans_later")
    hands.press("Enter")
    at(page, "send")
    with page.expect_navigation():
        hands.press("Enter")
    expect(page.get_by_text("Đã trình: Hồ Thị Lành")).to_be_visible()
    assert hands.scans == 2
    assert hands.keys <= 80
    assert hands.seconds < 60
    made = ChangeRequest.objects.get()
    assert (made.state, made.asked["payout"]["account"]) == ("submitted", "1500205123456")
    approver = world.officers["approver"]
    changes.approve(request_id=made.pk, version=made.version, by=approver, at=worlds.NOON)
    worlds.run_round(DECEMBER)
    assert Payment.objects.get(person=Person.objects.get(name="Hồ Thị Lành")).amount == 2_000_000
    assert watched.faults == []


def test_nothing_typed_is_lost_when_the_connection_drops(
    live_server: LiveServer, world: World, watched: Watched
) -> None:
    page = watched.page
    sign_in(page, live_server.url, "commune_officer")
    page.goto(live_server.url + reverse("entry_new"))
    at(page, "scan")
    page.fill("[name=name]", "Hồ Thị Lành")
    expect(page.locator("#saved")).to_contain_text("Đã tự lưu", timeout=SLOW)
    page.context.set_offline(True)
    page.fill("[name=birth]", "10091944")
    page.fill("[name=decision_number]", "418/QĐ-UBND")
    expect(page.locator("#saved")).to_contain_text("Mất kết nối", timeout=SLOW)
    assert ChangeRequest.objects.get().decision_number == ""
    page.context.set_offline(False)
    expect(page.locator("#saved")).to_contain_text("Đã tự lưu", timeout=SLOW)
    draft = ChangeRequest.objects.get()
    assert (draft.decision_number, draft.asked["person"]["birth_date"]) == ("418/QĐ-UBND", "1944-09-10")
    assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('entry '))") == []


def test_what_was_typed_offline_is_back_when_the_page_is_loaded_again(
    live_server: LiveServer, world: World, watched: Watched
) -> None:
    page = watched.page
    sign_in(page, live_server.url, "commune_officer")
    page.goto(live_server.url + reverse("entry_new"))
    at(page, "scan")
    page.route("**/save/", lambda route: route.abort())
    page.fill("[name=name]", "Hồ Thị Lành")
    expect(page.locator("#saved")).to_contain_text("Mất kết nối", timeout=SLOW)
    page.unroute("**/save/")
    page.reload()
    expect(page.locator("[name=name]")).to_have_value("Hồ Thị Lành")
    expect(page.locator("#saved")).to_contain_text("Đã tự lưu", timeout=SLOW)
    assert ChangeRequest.objects.get().asked["person"]["name"] == "Hồ Thị Lành"
    assert page.evaluate("Object.keys(localStorage).length") == 0


def kept(page: Page) -> list[str]:
    found: list[str] = page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('entry '))")
    return found


def test_an_ended_session_is_said_to_who_scans_or_types_and_what_was_typed_is_kept(
    live_server: LiveServer, world: World, watched: Watched
) -> None:
    page = watched.page
    sign_in(page, live_server.url, "commune_officer")
    page.goto(live_server.url + reverse("entry_new"))
    at(page, "scan")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    Hands(page).scan(CARD)
    expect(page.locator("#scan-said")).to_contain_text("Bạn đã đăng xuất", timeout=SLOW)
    page.fill("[name=name]", "Hồ Thị Lành")
    expect(page.locator("#saved")).to_contain_text("Bạn đã đăng xuất", timeout=SLOW)
    assert len(kept(page)) == 1


@pytest.mark.parametrize("another", [False, True])
def test_who_signs_out_leaves_nothing_typed_in_this_tab_or_another(
    live_server: LiveServer, world: World, watched: Watched, another: bool
) -> None:
    page = watched.page
    sign_in(page, live_server.url, "commune_officer")
    page.goto(live_server.url + reverse("entry_new"))
    at(page, "scan")
    page.route("**/save/", lambda route: route.abort())
    page.fill("[name=name]", "Hồ Thị Lành")
    expect(page.locator("#saved")).to_contain_text("Mất kết nối", timeout=SLOW)
    assert len(kept(page)) == 1
    tab = page.context.new_page() if another else page
    if another:
        tab.goto(live_server.url + reverse("account"), timeout=SLOW)
    tab.click(f"form[action='{reverse('logout')}'] button", timeout=SLOW)
    expect(tab.locator("#id_username")).to_be_visible(timeout=SLOW)
    expect(page.locator("#id_username")).to_be_visible(timeout=SLOW)
    page.wait_for_function(
        "() => !Object.keys(sessionStorage).some(key => key.startsWith('entry '))", timeout=SLOW
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_entry_and_import_are_sound_at_the_desk_and_on_a_phone(
    live_server: LiveServer, world: World, watched: Watched, language: str
) -> None:
    page, wrong = watched.page, {}
    for who, addresses in {
        "commune_officer": [reverse("entry_new")],
        "preparer": [reverse("entry_new"), reverse("roll_uploads")],
    }.items():
        sign_in(page, live_server.url, who)
        page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        for address in addresses:
            for window in (DESK, PHONE):
                page.set_viewport_size(window)  # type: ignore[arg-type]
                page.goto(live_server.url + address)
                faults = [*watched.faults, *serious_faults(page)]
                if overflows(page) > 0:
                    faults.append(f"{overflows(page)} px too wide")
                if faults:
                    wrong[who, address, window["width"]] = faults
                watched.faults.clear()
    assert wrong == {}
