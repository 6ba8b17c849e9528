"""The site in a real browser: every page in both languages, at the desk and on a phone, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import SecondFactor
from accounts.totp import new_secret
from beneficiaries.models import ChangeRequest, Entitlement
from benefits.entering import Entered, complete
from benefits.models import Proposal
from common.months import add_months, month_of
from payments.models import Batch, Round, RoundState
from payments.operations import generation, proposals
from reports.operations import refresh_figures
from tests import desk_world, worlds
from tests.beneficiaries.change_world import submitted
from tests.browser.conftest import Watched
from tests.browser.looking import faults_of_pages, serious_faults, sign_in
from tests.desk_world import DECEMBER, NOVEMBER, PASSWORD, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(live_server: LiveServer) -> World:
    made = desk_world.build(password=True)
    desk_world.two_cycles(made)
    desk_world.bring(made.batch(worlds.AGRIBANK), "submitted", made)
    desk_world.bring(made.batch("POST"), "approved", made)
    desk_world.bring(made.batch("POST", NOVEMBER), "acknowledged", made)
    refresh_figures(at=worlds.NOON)
    for user in made.officers.values():
        SecondFactor.objects.create(user=user, secret=new_secret(), since=worlds.NOON)
    return made


def prove(page: Page) -> None:
    """Type the code that the demonstration shows into the page that asks for it; its field has the focus."""
    assert serious_faults(page) == []
    expect(page.locator("#second_factor_code")).to_be_focused()
    page.keyboard.type(page.locator("main code").inner_text())
    with page.expect_navigation():
        page.keyboard.press("Enter")


def pages_of(world: World) -> dict[str, list[str]]:
    batch, person = world.batch(worlds.AGRIBANK), world.people[2]
    payment = batch.payments.first()
    assert payment is not None
    return {
        "approver": [
            "/",
            reverse("cycles"),
            reverse("cycle", args=[DECEMBER]),
            reverse("batches"),
            reverse("batch", args=[batch.pk]),
            reverse("batch_change", args=[batch.pk, "new"]),
            reverse("payment_withdraw", args=[payment.pk]),
            reverse("people"),
            reverse("person", args=[person.pk]),
            reverse("person_numbers", args=[person.pk]),
            reverse("delegate", args=[world.officers["approver"].roles.get().pk]),
            reverse("dashboard"),
            f"{reverse('changes')}?view=decide",
            reverse("change", args=[asked(world).pk]),
        ],
        "commune_officer": [
            coming(),
            reverse("civil_lists", args=["deaths"]),
            reverse("changes"),
            *(
                reverse("change_new", args=[world.people[3].pk, kind])
                for kind in ("death", "change", "payout")
            ),
        ],
        "accountant": [reverse("batch", args=[world.batch("POST").pk]), reverse("budget")],
        "preparer": [reverse("round_open"), f"{reverse('round_open')}?month=2024-12"],
        "post_clerk": ["/"],
        "administrator": [
            f"{reverse('law')}?month=2026-12",
            reverse("law_propose"),
            reverse("account"),
            reverse("second_factor"),
            reverse("password"),
            reverse("officers"),
            reverse("officer", args=[world.officers["preparer"].pk]),
            reverse("officer_propose"),
            reverse("dashboard"),
            reverse("targets"),
            reverse("difficulties"),
            reverse("reorganisation", args=[date(2025, 7, 1)]),
            reverse("reorganisation_hamlets", args=[date(2025, 7, 1)]),
            reverse("law_simulate"),
            reverse("law_conversion"),
            reverse("overpaid"),
            reverse("reports"),
            reverse("report", args=["changes"]),
            reverse("gift_lists"),
            *(reverse(name, args=[proposed(world).pk]) for name in ("law_proposal", "law_people")),
        ],
    }


def coming() -> str:
    """The look ahead, with somebody who turns 16 next month."""
    month = add_months(month_of(timezone.localdate()), 1)
    orphan = worlds.person("Trần Văn Lớn", born=month.replace(year=month.year - 16))
    worlds.grant(orphan, "BTXH_5.1", since=date(2024, 1, 1))
    return reverse("ahead")


def asked(world: World) -> ChangeRequest:
    """A submitted suspension that waits for its scans."""
    found = ChangeRequest.objects.first()
    if found is None:
        grant = Entitlement.objects.get(person=world.people[2])
        content = {"entitlements": [grant.pk], "from_month": "2024-12-01", "ground": "remand"}
        clerk = world.officers["commune_officer"]
        found = submitted("suspend", world.people[2], content, by=clerk, scans_later=True)
    return found


def proposed(world: World) -> Proposal:
    """A higher base from November on, its preview reckoned."""
    found = Proposal.objects.first()
    if found is None:
        row = Entered(2, "BTXH_STANDARD", NOVEMBER, NOVEMBER, amount=600_000, confidence="assumed")
        found = proposals.propose(
            rows=complete([row], source="Nghị quyết 1/2024"), source="Nghị quyết 1/2024", note="",
            by=world.officers["second"], at=worlds.NOON,
        )  # fmt: skip
        while proposals.reckon_next_part(proposal_id=found.pk, at=worlds.NOON):
            pass
    return found


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_sound_at_the_desk_and_on_a_phone(
    live_server: LiveServer, world: World, watched: Watched, language: str
) -> None:
    page, site, wrong = watched.page, live_server.url, {}
    for who, addresses in pages_of(world).items():
        sign_in(page, site, who)
        if who == "administrator":
            page.goto(site + reverse("law_propose"))
            prove(page)
        page.context.add_cookies([{"name": "django_language", "value": language, "url": site}])
        wrong[who] = faults_of_pages(watched, site, addresses, language=language)
    assert not any(wrong.values()), wrong


def test_the_doors_and_refusals_are_sound_too(
    live_server: LiveServer, world: World, watched: Watched
) -> None:
    page, wrong = watched.page, {}
    page.goto(live_server.url + reverse("login"))
    wrong["sign-in"] = serious_faults(page)
    sign_in(page, live_server.url, "viewer")
    for name, address, status in (("403", reverse("cycles"), 403), ("404", "/nowhere/", 404)):
        response = page.goto(live_server.url + address)
        assert response is not None
        assert response.status == status
        wrong[name] = serious_faults(page)
    assert wrong == {"sign-in": [], "403": [], "404": []}


def tab_to(page: Page, reached: Callable[[], bool]) -> None:
    """Press Tab until the element wanted has the focus, as somebody without a mouse does."""
    for _press in range(60):
        if reached():
            return
        page.keyboard.press("Tab")
    raise AssertionError("never reached by Tab")


def focused(page: Page, words: str) -> Callable[[], bool]:
    script = "words => document.activeElement.innerText?.replaceAll('\\u00a0', ' ').includes(words) ?? false"
    return lambda: (
        bool(page.evaluate(script, words))
        and bool(page.evaluate("['A', 'BUTTON', 'SUMMARY'].includes(document.activeElement.tagName)"))
    )


def test_a_batch_is_approved_by_keyboard_alone(
    live_server: LiveServer, world: World, watched: Watched
) -> None:
    page = watched.page
    page.goto(live_server.url)
    tab_to(page, lambda: page.evaluate("document.activeElement.id") == "id_username")
    page.keyboard.type("approver")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/")
    for words in ("Chờ duyệt", "Thành phố Phan Thiết"):
        tab_to(page, focused(page, words))
        with page.expect_navigation():
            page.keyboard.press("Enter")
    approve = "Duyệt 4 người, 5.250.000 ₫"
    tab_to(page, focused(page, approve))
    page.keyboard.press("Enter")
    assert page.locator("#ask-approve").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#ask-approve").is_visible()
    tab_to(page, focused(page, approve))
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    tab_to(
        page,
        lambda: bool(page.evaluate("document.activeElement.matches('#ask-approve button[name=action]')")),
    )
    assert serious_faults(page) == []
    with page.expect_navigation():
        page.keyboard.press("Enter")
    prove(page)
    assert page.get_by_role("status").inner_text() == "Đã duyệt. Danh sách chờ chứng từ Kho bạc."
    assert Batch.objects.get(pk=world.batch(worlds.AGRIBANK).pk).state == "approved"
    assert watched.faults == []


def test_a_page_of_drafts_is_submitted_by_keyboard_from_the_skip_link(
    live_server: LiveServer, world: World, watched: Watched
) -> None:
    page = watched.page
    january = date(2025, 1, 1)
    worlds.run_round(january)
    sign_in(page, live_server.url, "preparer")
    page.goto(f"{live_server.url}{reverse('batches')}?month=2025-01&state=draft")
    tab_to(page, focused(page, "Đến việc bạn có thể làm"))
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page, "Trình 2 đợt")()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_by_role("status").inner_text() == "Đã trình 2 đợt."
    assert set(Batch.objects.filter(round__cycle=january).values_list("state", flat=True)) == {"submitted"}
    assert watched.faults == []


def test_progress_search_and_explanation_come_without_loading_the_page_anew(
    live_server: LiveServer, world: World, watched: Watched
) -> None:
    page = watched.page
    sign_in(page, live_server.url, "preparer")
    page.goto(live_server.url + reverse("people"))
    page.fill("#q", "buoi")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    assert page.locator("#results tbody a").inner_text() == "Trần Thị Bưởi"
    page.click("#results tbody a")
    page.locator("summary").first.click()
    page.wait_for_selector(".explained .why")
    assert "mức chuẩn 500.000 ₫ × hệ số 1" in page.locator(".explained .why").first.inner_text()
    page.goto(f"{live_server.url}{reverse('round_open')}?month=2025-01")
    page.get_by_role("button", name="Lập danh sách").click()
    page.wait_for_selector("#progress progress")
    made = Round.objects.get(state=RoundState.GENERATING)
    generation.drain_round(round_id=made.pk, at=worlds.clock)
    page.wait_for_selector("#progress", state="detached", timeout=10_000)
    # December's six at 500,000 and one at 1,250,000.
    expect(page.locator(".figure").first).to_contain_text("4.250.000")
    assert watched.faults == []
