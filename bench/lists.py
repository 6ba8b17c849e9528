"""Every page with a list, as the officers with the longest ones meet it: its server time and its queries.

The pages are found, not named: from the menu of each reader every kind of page (a name of the resolver) is opened once,
by the first link that leads to it; then each list is asked for by its own form (its choices, a common and a rare name,
a whole identity number), its next page, and a page far behind. Files and whole lists to print are not pages.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode, urljoin, urlsplit

import lxml.html
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve
from lxml.html import HtmlElement

from accounts.models import Role, RoleName, User
from areas.models import Unit
from bench import lists_world
from bench.world import World, peak_rss_mb
from payments.models import Batch

AIM_SECONDS, AIM_QUERIES = 0.3, 12
WORDS = ("nguyen thi", "do xuan uoc")
# Files, and whole lists to print.
WHOLE = re.compile(r"\.(?:pdf|xlsx|csv|zip)$|/print/$")
# A form that follows the paper, a key of one's own: no list of rows by pages.
NO_LIST = {"change_slip", "entry", "entry_new", "bank_reference", "bank_quick_start"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One address as one reader asked for it: median seconds of server time, and how many queries."""

    who: str
    page: str
    view: str
    address: str
    seconds: float
    queries: int
    is_list: bool


def measure(world: World, *, pairs: int) -> dict[str, object]:
    """Each page `pairs` times after a first that is not counted; `over` are the lists that miss the aim, the slowest
    first; `pages` how long the slowest view of each list takes."""
    lists_world.fill(people=world.people)
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")  # as gunicorn.conf.py has it
    return report(
        [asked for who, role, unit in _readers() for asked in walk(_client(who, role, unit), who, pairs)]
    )


def report(asked: list[Asked]) -> dict[str, object]:
    """The figures of everything asked for."""
    lists = sorted((one for one in asked if one.is_list), key=lambda one: -one.seconds)
    slowest: dict[str, Asked] = {}
    for one in lists:
        slowest.setdefault(one.page, one)
    return {
        "seconds": round(statistics.median(one.seconds for one in lists), 3),
        "slowest_seconds": round(lists[0].seconds, 3),
        "queries": max(one.queries for one in lists),
        "addresses": len(lists),
        "pages": {page: [_ms(one), one.queries, one.who, one.view] for page, one in slowest.items()},
        "over": [
            [_ms(one), one.queries, one.who, one.page, one.view, one.address]
            for one in lists
            if one.seconds >= AIM_SECONDS or one.queries > AIM_QUERIES
        ],
        "others": {one.page: [_ms(one), one.queries] for one in asked if not one.is_list},
        "peak_rss_mb": peak_rss_mb(),
    }


def _ms(one: Asked) -> int:
    return round(one.seconds * 1000)


def _readers() -> list[tuple[str, str, Unit]]:
    """The officers with the longest lists: the largest district and commune, and the whole province."""
    largest = Batch.objects.filter(provider="POST").order_by("-count").select_related("unit")[0]
    district = largest.unit
    commune = Unit.objects.get(pk=lists_world.largest_commune(district))
    province = district.parent or district
    return [
        ("district", RoleName.PREPARER, district),
        ("province", RoleName.ADMINISTRATOR, province),
        ("commune", RoleName.COMMUNE_OFFICER, commune),
    ]


def _client(who: str, role: str, unit: Unit) -> Client:
    user, _made = User.objects.get_or_create(username=f"bench-{who}")
    Role.objects.get_or_create(user=user, name=role, unit=unit, valid_from=date(2024, 1, 1))
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def walk(client: Client, who: str, times: int) -> Iterator[Asked]:
    """Every kind of page that this reader can reach by links, each with its views."""
    waiting, seen = ["/", *lists_world.largest()], set()
    while waiting:
        address = waiting.pop(0)
        page = _name(address)
        if page is None or page in seen:
            continue
        seen.add(page)
        document = _open(client, address)
        if document is None:
            continue
        is_list = page not in NO_LIST and _holds_a_list(address, document)
        yield _ask(client, who, page, "first", address, times, is_list)
        if is_list:
            for view, beside in _views(page, address, document, times + 1):
                yield _ask(client, who, page, view, beside, times, True)
        waiting += _links(address, document)


def _holds_a_list(address: str, document: HtmlElement) -> bool:
    """Whether a page is a list: one of rows by pages, with a filter or by tabs; or a table that is about nothing
    but itself, at an address without a variable part."""
    ways = "//main//nav[@class='pages' or @class='tabs'] | //main//form[@method='get'] | //main//input[@type='search']"
    return bool(
        document.xpath(ways)
        or (document.xpath("//main//table") and not resolve(urlsplit(address).path).kwargs)
    )


def _name(address: str) -> str | None:
    try:
        return resolve(urlsplit(address).path).url_name
    except Resolver404:
        return None


def _open(client: Client, address: str) -> HtmlElement | None:
    """The page at an address, wherever it leads; None for files, refusals and parts of pages."""
    answer = client.get(address, follow=True)
    is_page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    if not is_page or not answer.content.lstrip().lower().startswith(b"<!doctype"):
        return None
    return lxml.html.fromstring(answer.content)


def _links(address: str, document: HtmlElement) -> list[str]:
    found = (urljoin(address, link.get("href")) for link in document.xpath("//a[@href]"))
    return [link for link in found if urlsplit(link).netloc == "" and not WHOLE.search(urlsplit(link).path)]


def _views(page: str, address: str, document: HtmlElement, most: int) -> Iterator[tuple[str, str]]:
    """The views of a list beside its first page: next, far behind, by choices of its form, searched, by tab."""
    for link in document.xpath("//main//a[@rel='next']"):
        yield "next", urljoin(address, link.get("href"))
    far = lists_world.far_behind(page, urlsplit(address).path)
    if far:
        yield "deep", _with(address, after=str(far))
    for form in document.xpath("//main//form"):
        if form.get("method", "get").lower() != "get":
            continue
        kept = {field.get("name"): field.get("value", "") for field in form.xpath(".//input[@type='hidden']")}
        for select in form.xpath(".//select[@name]"):
            for value in _choices(select, most):
                yield f"{select.get('name')}={value}", _with(address, **kept | {select.get("name"): value})
        for field in form.xpath(".//input[@type='search']"):
            for words in (*WORDS, lists_world.number_of_somebody()):
                yield (
                    f"search {words if not words.isdigit() else 'by number'}",
                    _with(address, **kept | {field.get("name"): words}),
                )
    for tab in document.xpath("//main//nav[@class='tabs']//a[@href]"):
        yield f"tab {tab.get('href')}", urljoin(address, tab.get("href"))


def _choices(select: HtmlElement, most: int) -> list[str]:
    """Some of a field's choices, spread over all of them."""
    values = [option.get("value") for option in select.xpath(".//option") if option.get("value")]
    return values[:: max(len(values) // most, 1)][:most]


def _with(address: str, **fields: str) -> str:
    return f"{urlsplit(address).path}?{urlencode(fields)}"


def _ask(client: Client, who: str, page: str, view: str, address: str, times: int, is_list: bool) -> Asked:
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    queries, seconds = len(captured), []  # each further request empties the log
    for _time in range(times):
        started = time.perf_counter()
        client.get(address)
        seconds.append(time.perf_counter() - started)
    return Asked(who, page, view, address, statistics.median(seconds), queries, is_list)
