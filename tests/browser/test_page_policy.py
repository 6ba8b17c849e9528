"""Chromium itself finds nothing on any page that the page policy refuses, whoever looks at it."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Watched
from tests.desk import every_page
from tests.desk.authorization import ROWS, WHO
from tests.desk_world import World

pytestmark = pytest.mark.django_db(transaction=True)
LISTEN = """
window.refused = [];
addEventListener("securitypolicyviolation", event =>
    window.refused.push(event.effectiveDirective + " " + event.blockedURI));
"""


def addresses(world: World) -> list[tuple[str, str]]:
    """Each page of the site in one's own area with the first role in the matrix that may see it."""
    known = every_page.arguments(world)
    found = []
    for row in ROWS:
        shown_to = [who for who, status in zip(WHO, row.own.split(), strict=True) if status == "200"]
        if row.method == "GET" and shown_to:
            found.append((shown_to[-1], reverse(row.url, args=known.get(row.url, ([], []))[0])))
    clients = {who: world.client(who) for who in WHO}
    return sorted(place for place in found if is_page(clients[place[0]].get(place[1])))


def is_page(answer: HttpResponse) -> bool:
    """Neither a file nor a part of another page."""
    return not answer.streaming and answer.content.lstrip().lower().startswith(b"<!doctype html")


def test_no_page_breaks_the_policy_in_a_browser(live_server: LiveServer, watched: Watched) -> None:
    world = every_page.build()
    wrong, page, signed_in = {}, watched.page, ""
    page.add_init_script(LISTEN)
    found = [("", reverse("login")), ("", reverse("bank_reference")), *addresses(world)]
    for who, address in found:
        if who != signed_in:
            name = settings.SESSION_COOKIE_NAME
            cookie = world.client(who).cookies[name].value
            page.context.add_cookies([{"name": name, "value": cookie, "url": live_server.url}])
            signed_in = who
        answer = page.goto(live_server.url + address)
        assert answer is not None
        faults = [*watched.faults, *page.evaluate("window.refused")]
        watched.faults.clear()
        if faults or answer.status != 200:
            wrong[who, address] = [answer.status, *faults]
    assert wrong == {}
    assert len(found) > 20


def test_control_chromium_refuses_and_reports_what_the_policy_forbids(
    live_server: LiveServer, watched: Watched
) -> None:
    page = watched.page
    page.add_init_script(LISTEN)
    page.goto(live_server.url + reverse("login"))
    page.evaluate(
        """() => {
            document.body.insertAdjacentHTML("beforeend", '<b id="b" style="color: red" onclick="go()">b</b>');
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
        }"""
    )
    page.wait_for_function("window.refused.length > 2")
    assert page.evaluate("window.ran") is None
    kinds = {refused.split()[0] for refused in page.evaluate("window.refused")}
    assert kinds == {"style-src-attr", "script-src-attr", "script-src-elem"}
    assert any("Content Security Policy" in fault for fault in watched.faults)
