"""axe finds nothing serious on any page of the site, as each role has it.

The pages are those of the matrix of permissions and whatever they link to, so that a new page is looked at as soon as
it is written. Each is put into one document of a real Chromium that holds the site's style; pages that differ between
two roles only in their header are looked at once. What scripts add to a page is for the tests that use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import Resolver404, resolve, reverse
from pytest_django.live_server_helper import LiveServer

from desk.demonstration.post import prepare_post
from tests.browser.conftest import Watched
from tests.browser.test_page_policy import is_page
from tests.desk import every_page
from tests.desk.authorization import ROWS, WHO
from tests.desk_world import DECEMBER, World

pytestmark = pytest.mark.django_db(transaction=True)
SHOW_AND_LOOK = """
async html => {
    const shown = new DOMParser().parseFromString(html, "text/html");
    document.documentElement.lang = shown.documentElement.lang;
    document.title = shown.title;
    document.body.replaceWith(document.adoptNode(shown.body));
    const found = await axe.run(document, {resultTypes: ["violations"]});
    return found.violations
        .filter(fault => ["serious", "critical"].includes(fault.impact))
        .map(fault => `${fault.id}: ${fault.nodes[0].html.slice(0, 160)}`);
}
"""
HEADER = re.compile(r"<header.*?</header>", re.DOTALL)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def pages(world: World) -> Iterator[tuple[str, str, str]]:
    """Each page of the site in one's own area, once for each role that may see it: (role, name, its HTML)."""
    known = every_page.arguments(world)
    for who in WHO:
        client, seen = world.client(who), set()
        waiting = [
            reverse(row.url, args=known.get(row.url, ([], []))[0])
            for row in ROWS
            if row.method == "GET" and row.own.split()[WHO.index(who)] == "200"
        ]
        while waiting:
            address = waiting.pop(0)
            name = name_of(address)
            if name is None or name in seen:
                continue
            seen.add(name)
            answer = client.get(address)
            if answer.status_code == 200 and is_page(answer):
                yield who, name, answer.content.decode()
                links = lxml.html.fromstring(answer.content).xpath("//a/@href")
                waiting += [urljoin(address, link) for link in links]


def name_of(address: str) -> str | None:
    """The resolver's name of an address of the site."""
    place = urlsplit(address)
    try:
        return None if place.netloc else resolve(place.path).url_name
    except Resolver404:
        return None


def test_no_page_of_any_role_has_a_serious_fault(live_server: LiveServer, watched: Watched) -> None:
    page, wrong, looked, roles = watched.page, {}, set(), set()
    world = every_page.build()
    prepare_post(month=DECEMBER)
    found = list(pages(world))
    page.goto(live_server.url + reverse("login"))
    page.evaluate(AXE_SCRIPT)
    for who, name, html in found:
        content = TOKEN.sub("", html)
        if who in roles:
            content = HEADER.sub("", content)
        if content in looked:
            continue
        looked |= {content, HEADER.sub("", content)}
        roles.add(who)
        faults = page.evaluate(SHOW_AND_LOOK, html)
        if faults:
            wrong[who, name] = faults
    assert wrong == {}
    assert {who for who, _name, _html in found} == set(WHO)
    assert len({name for _who, name, _html in found}) > 60


def test_control_axe_finds_a_field_without_a_label_and_grey_on_grey(
    live_server: LiveServer, watched: Watched
) -> None:
    page = watched.page
    page.goto(live_server.url + reverse("login"))
    page.evaluate(AXE_SCRIPT)
    html = "<html lang=vi><title>A</title><body><main><input><font color=#999999>grey words</font></main></body></html>"
    assert [fault.split(":")[0] for fault in page.evaluate(SHOW_AND_LOOK, html)] == [
        "color-contrast",
        "label",
    ]
