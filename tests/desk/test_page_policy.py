"""The page policy allows no inline script or style and no other origin: templates and styles keep to it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.page_policy import faults, page_faults

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
STYLES = Path(settings.BASE_DIR, "static", "ansinh", "ansinh.css").read_text(encoding="utf-8")
FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "an event attribute": re.compile(r"\s(?:on[a-z]+|hx-on[:\w-]*)\s*="),
    "a script in the page": re.compile(r"<script(?![^>]*\bsrc=)"),
    "an htmx expression": re.compile(r'hx-trigger="[^"]*\['),
    "another origin": re.compile(r'(?:src|href|action)="(?:https?:)?//'),
}


def test_templates_hold_nothing_that_the_page_policy_refuses():
    found = [
        f"{path.name}: {what}"
        for path in TEMPLATES
        for what, pattern in FORBIDDEN.items()
        if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert TEMPLATES
    assert found == []


def test_the_stylesheet_names_only_files_that_are_shipped():
    here = Path(settings.BASE_DIR, "static", "ansinh")
    named = re.findall(r'url\("([^"]+)"\)', STYLES)
    assert len(named) == 12
    assert [name for name in named if not (here / name).is_file()] == []


def test_no_comment_of_a_template_is_printed_on_the_page():
    open_comments = [
        path.name for path in TEMPLATES if re.search(r"\{#(?:(?!#\}).)*$", path.read_text(), re.MULTILINE)
    ]
    assert open_comments == []


@pytest.mark.parametrize(
    ("held", "named"),
    [
        ("<script>go()</script>", "a script in the page"),
        ('<script src="https://example.org/a.js"></script>', "src=https://example.org/a.js on <script>"),
        ('<a href=" javascript:go()">a</a>', "href= javascript:go() on <a>"),
        ('<p onclick="go()">', "onclick on <p>"),
        ('<p style="color:red">', "style on <p>"),
        ("<style>p{}</style>", "<style>"),
        ('<form method="post" action="/a/"><button>a</button></form>', "a form without its token: /a/"),
    ],
)
def test_control_a_page_that_breaks_the_policy_is_found(held, named):
    assert page_faults(f"<main>{held}</main>") == [named]


@pytest.mark.parametrize(
    "address", ["/sign-in/", "/nowhere/", "/banks/api/", "/static/ansinh/once.js", "/people/"]
)
def test_what_needs_no_sign_in_keeps_the_policy_too(db, address):
    answer = Client().get(address)
    assert [
        fault for fault in faults(answer) if not address.startswith("/static/") or "Cache" not in fault
    ] == []


def test_a_refused_form_and_a_server_error_keep_the_policy_too(db, monkeypatch):
    refused = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "a", "password": "b"})
    assert (refused.status_code, faults(refused)) == (403, [])
    failing = Client(raise_request_exception=False)
    monkeypatch.setattr("accounts.views.sign_in.SignIn.get_context_data", lambda *_a, **_k: 1 / 0)
    broken = failing.get("/sign-in/")
    assert (broken.status_code, faults(broken)) == (500, [])


def views(within: URLResolver, route: str = "/") -> Iterator[tuple[str, object]]:
    for entry in within.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield here, entry.callback
        else:
            yield from views(entry, here)


def test_no_address_but_those_of_machines_is_excused_from_the_form_token():
    excused = [route for route, view in views(get_resolver()) if getattr(view, "csrf_exempt", False)]
    assert excused
    assert [route for route in excused if not route.startswith("/api/")] == ["/banks/api/reference/"]
    # The reference takes GET alone, and machines bring a token instead of a cookie.
    assert Client().post("/banks/api/reference/").status_code == 405
    assert settings.REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"] == []
    assert "django.middleware.csrf.CsrfViewMiddleware" in settings.MIDDLEWARE
