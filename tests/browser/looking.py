"""What every browser test does alike: sign in, and find what is wrong with a page at the desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterable

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Watched
from tests.desk_world import PASSWORD


def sign_in(page: Page, site: str, who: str, language: str = "") -> None:
    """As `who`, from nobody; with the language chosen, where one is named."""
    page.context.clear_cookies()
    page.goto(f"{site}{reverse('login')}")
    page.fill("#id_username", who)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url(lambda url: reverse("login") not in url)
    if language:
        page.context.add_cookies([{"name": "django_language", "value": language, "url": site}])


def serious_faults(page: Page) -> list[str]:
    """What axe calls serious or critical on the page as it stands."""
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


def overflows(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def faults_of_pages(
    watched: Watched, site: str, addresses: Iterable[str], *, language: str = "vi"
) -> dict[tuple[str, int], list[str]]:
    """(address, width of the window) -> faults, for each page at the desk and on a phone; {} where all are sound.

    A fault is another status than 200, another language, what the browser reported, a page wider than its window, or
    what axe finds serious.
    """
    page, wrong = watched.page, {}
    for address in addresses:
        for window in (DESK, PHONE):
            page.set_viewport_size(window)  # type: ignore[arg-type]
            response = page.goto(site + address)
            assert response is not None
            faults = [] if response.status == 200 else [str(response.status)]
            if page.locator("html").get_attribute("lang") != language:
                faults.append(f"not in {language}")
            if overflows(page) > 0:
                faults.append(f"{overflows(page)} px too wide")
            faults += [*serious_faults(page), *watched.faults]
            watched.faults.clear()
            if faults:
                wrong[address, window["width"]] = faults
    return wrong
