"""Every address × method × role × area answers as tests/desk/authorization.py says; a new one without a row fails."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.access import PERMISSIONS, Action, reader_for
from accounts.models import RoleName
from tests.desk import every_page
from tests.desk.authorization import ELSEWHERE, OPEN_TO_MACHINES, PROVED, PUBLIC, ROWS, THE_BATCH, WHO
from tests.desk_world import DECEMBER, World
from tests.page_policy import faults

VALUES = {"uuid": str(uuid.UUID(int=1)), "month": "2024-12", "day": "2025-07-01", "paper": "pdf"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def addresses(within: URLResolver, space: str = "", route: str = "/") -> Iterator[tuple[str, str]]:
    """Every address of the site as (name with its namespace, route)."""
    for entry in within.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield space + (entry.name or here), here
        else:
            yield from addresses(entry, f"{space}{entry.namespace}:" if entry.namespace else space, here)


def some_path(route: str) -> str:
    """A path that fits a route, with the simplest thing of each kind in its variable parts."""
    for kind, value in VALUES.items():
        route = re.sub(rf"<{kind}:[^>]+>", value, route)
    filled = re.sub(r"<[^>]+>", "1", re.sub(r"\(\?P.*", "1", route))
    return "/" + filled.replace("^", "").replace("$", "").lstrip("/")


ALL = list(addresses(get_resolver()))
MACHINES = [(name, route) for name, route in ALL if route.startswith("/api/")]
PAGES = [(name, route) for name, route in ALL if (name, route) not in MACHINES]
SITE = [name for name, route in PAGES if not route.startswith(tuple(ELSEWHERE))]


@pytest.fixture
def world(db) -> World:
    return every_page.build()


def ask(client: Client, method: str, path: str, fields: dict[str, str]) -> int:
    """The answer's status; whatever was done is undone. Whatever is answered, and to whom, keeps the page policy."""
    with transaction.atomic():
        status = client.generic(method, path) if method not in ("GET", "POST") else None
        response = status or (client.get(path) if method == "GET" else client.post(path, fields))
        transaction.set_rollback(True)
    assert faults(response) == [], (method, path)
    return response.status_code


def test_every_address_has_its_expectations():
    assert len(SITE) == len(set(SITE))
    assert sorted(set(SITE) - {row.url for row in ROWS}) == []
    assert sorted({row.url for row in ROWS} - set(SITE)) == []
    assert {len(row.own.split()) for row in ROWS} == {len(WHO)}
    assert {len(row.other.split()) for row in ROWS} == {0, len(WHO)}
    assert set(WHO) == {*RoleName, "expired"}


def test_every_role_gets_the_answers_that_its_tasks_take_in_its_own_area_and_in_another(world, settings):
    settings.STEP_UP_SECONDS = 24 * 3600  # a slow machine needs longer for all of it than a proof holds
    clients = {who: world.client(who) for who in WHO}
    known = every_page.arguments(world)
    wrong = []
    for row in ROWS:
        for place, expected in enumerate((row.own, row.other)):
            args = known.get(row.url, ([], []))[place]
            for who, status in zip(WHO, expected.split(), strict=False):
                client = world.client(who) if row.url == "logout" else clients[who]
                batch = str(known["batch"][place][0])
                fields = {n: batch if value == THE_BATCH else value for n, value in row.fields.items()}
                got = ask(client, row.method, reverse(row.url, args=args), fields)
                if got != int(status):
                    area = ("own", "other")[place]
                    wrong.append(f"{row.method} {row.url} {row.fields} {who} {area}: {got}, not {status}")
    assert wrong == []


def test_what_cannot_be_taken_back_asks_for_the_authenticator_and_nothing_else_does(world):
    known = every_page.arguments(world)
    clients = {who: world.client(who, proved=False) for who in WHO}
    asked = set()
    for row in ROWS:
        allowed = [who for who, status in zip(WHO, row.own.split(), strict=True) if status in ("200", "302")]
        if not allowed or row.url in ("logout", "login"):
            continue
        args, batch = known.get(row.url, ([], []))[0], str(known["batch"][0][0])
        fields = {n: batch if value == THE_BATCH else value for n, value in row.fields.items()}
        with transaction.atomic():
            path = reverse(row.url, args=args)
            client = clients[allowed[0]]
            answer = client.get(path) if row.method == "GET" else client.post(path, fields)
            transaction.set_rollback(True)
        if "accounts/step_up.html" in {template.name for template in answer.templates}:
            assert reverse("second_factor") in answer.content.decode()
            asked.add((row.url, row.method, row.fields.get("action", "")))
    assert asked == PROVED


def test_every_address_refuses_the_methods_that_it_has_no_row_for(world):
    client = world.client("administrator")
    known = every_page.arguments(world)
    rows = {(row.url, row.method) for row in ROWS}
    public = {url for url, _method in PUBLIC}
    allowed = [
        (method, url)
        for url in sorted({row.url for row in ROWS})
        for method in METHODS
        if (url, method) not in rows and url not in public
        and ask(client, method, reverse(url, args=known.get(url, ([], []))[0]), {}) != 405
    ]  # fmt: skip
    assert allowed == []


def test_whoever_is_not_signed_in_is_sent_to_sign_in_by_every_address_but_the_public_ones(db):
    wrong = []
    for name, route in PAGES:
        for method in METHODS:
            client = Client()
            answer = (
                client.generic(method, some_path(route))
                if method != "POST"
                else client.post(some_path(route))
            )
            if name in {public for public, _method in PUBLIC}:
                if answer.status_code != PUBLIC.get((name, method), answer.status_code):
                    wrong.append((method, name))
            elif answer.status_code != 302 or not answer["Location"].startswith(reverse("login")):
                wrong.append((method, name))
    assert wrong == []
    assert not reader_for(AnonymousUser(), on=DECEMBER).grants


@pytest.mark.parametrize("who", ["administrator", "preparer", ""])
def test_what_machines_ask_takes_a_token_and_no_officer_s_session_opens_it(world, who):
    client = world.client(who) if who else Client()
    answers = {
        (name, method): client.generic(method, some_path(route)).status_code
        for name, route in MACHINES
        for method in METHODS
    }
    assert MACHINES
    assert {key: got for key, got in answers.items() if got != 401} == OPEN_TO_MACHINES


def test_every_role_and_action_stands_in_the_table_of_permissions():
    assert set(PERMISSIONS) == set(RoleName)
    assert frozenset().union(*PERMISSIONS.values()) <= set(Action)


def test_nobody_prepares_and_approves_or_approves_and_pays_by_one_role():
    for permitted in PERMISSIONS.values():
        assert not {Action.SUBMIT, Action.APPROVE} <= permitted
        assert not {Action.APPROVE, Action.FUND} <= permitted
        assert not {Action.APPROVE, Action.RELEASE} <= permitted


def test_the_written_table_is_that_of_the_program(tmp_path):
    written = tmp_path / "authorization.md"
    with written.open("w", encoding="utf-8") as out:
        call_command("authorization", stdout=out)
    current = settings.BASE_DIR / "docs" / "authorization.md"
    assert current.read_text(encoding="utf-8") == written.read_text(encoding="utf-8"), (
        "run: .venv/bin/python manage.py authorization > docs/authorization.md"
    )
