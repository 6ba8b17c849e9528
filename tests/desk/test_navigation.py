"""The menu: few sections, only pages that the officer may open, and where one is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.access import Reader
from accounts.models import RoleName
from desk.navigation import here, menu
from tests import desk_world

UNITS = frozenset({1})


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def reader(role: str) -> Reader:
    return Reader(user_id=1, grants=((role, UNITS),))


def test_an_administrator_has_at_most_six_sections_to_read():
    assert len(menu("/", reader(RoleName.ADMINISTRATOR))) <= 6


def test_a_section_leads_to_its_first_page_and_lists_the_others():
    paying = next(entry for entry in menu("/", reader(RoleName.PREPARER)) if entry.label == "Paying")
    assert paying.url == reverse("cycles")
    assert reverse("batches") in [page.url for page in paying.pages]


def test_a_section_of_one_page_is_that_page():
    found = menu("/", reader(RoleName.POST_CLERK))
    assert [(entry.url, entry.pages) for entry in found] == [("/", ()), (reverse("post_month"), ())]


def test_the_page_that_lies_nearest_is_the_current_one():
    section = here(menu(reverse("targets"), reader(RoleName.VIEWER)))
    assert section is not None
    assert [page.url for page in section.pages if page.current] == [reverse("targets")]


def test_a_page_outside_every_section_marks_nothing():
    assert here(menu("/nowhere/", reader(RoleName.ADMINISTRATOR))) is None


def test_a_viewer_of_figures_has_no_page_of_work_or_people():
    addresses = {page.url for entry in menu("/", reader(RoleName.VIEWER)) for page in (entry, *entry.pages)}
    assert not addresses & {"/", reverse("people"), reverse("cycles"), reverse("batches")}


def test_the_second_line_stands_on_the_page_and_says_where_one_is(db):
    page = desk_world.build().client("preparer").get(reverse("batches")).content.decode()
    line = page[page.index('class="pages-here"') :].split("</nav>")[0]
    assert f'href="{reverse("batches")}" aria-current="page"' in line
