"""The site's menu: a few sections, each with its pages. A new page of the menu is one line here.

Only links, no script: the sections stand in the header, the pages of the section one is in on a line below it, and
on a telephone all of them in one menu.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.access import Action, Reader


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu, or a section with the `pages` in it; a section's address is that of its first page."""

    label: str
    url: str
    current: bool = False
    pages: tuple[Entry, ...] = ()


def menu(path: str, reader: Reader) -> list[Entry]:
    """The sections this officer may enter; `current` is the page that `path` is or lies below, and its section.

    A section of one page is that page.
    """
    allowed = {
        section: dict.fromkeys(
            (reverse(name), label) for action, name, label in pages if action is None or reader.may(action)
        )
        for section, pages in _sections(reader).items()
    }
    addresses = [url for pages in allowed.values() for url, _label in pages]
    current = max((url for url in addresses if _lies_below(path, url)), key=len, default=None)
    found: list[Entry] = []
    for section, links in allowed.items():
        pages = tuple(Entry(label, url, current=url == current) for url, label in links)
        if len(pages) == 1:
            found += pages
        elif pages:
            inside = any(page.current for page in pages)
            found.append(Entry(section, pages[0].url, current=inside, pages=pages))
    return found


def _lies_below(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def here(entries: list[Entry]) -> Entry | None:
    """The section whose pages stand on the second line; None where there is nothing to choose."""
    return next((entry for entry in entries if entry.current and entry.pages), None)


def _sections(reader: Reader) -> dict[str, list[tuple[Action | None, str, str]]]:
    """The whole menu in its order: for each section what one must be allowed to do, the page's name, its label."""
    only_figures = reader.may(Action.SEE_COVERAGE) and not reader.may(Action.SEE_PAYMENTS)
    first = _("Look up") if reader.only_looks else _("To do")
    return {
        first: [] if only_figures else [(None, "home", first)],
        pgettext("navigation", "Paying"): [
            (Action.SEE_PAYMENTS, "cycles", _("Payment cycles")),
            (Action.SEE_PAYMENTS, "batches", _("Batches")),
            (Action.SEE_PAYMENTS, "post_month", _("The Post")),
            (Action.PAY_CASH, "post_month", _("The Post")),
            (Action.SEE_PAYMENTS, "overpaid", _("Paid too much")),
            (Action.SEE_PAYMENTS, "budget", _("Budget")),
        ],
        _("Beneficiaries"): [
            (Action.SEE_PEOPLE, "people", _("Beneficiaries")),
            (Action.REQUEST_CHANGE, "entry_new", _("New grant")),
            (Action.MAKE_LISTS, "roll_uploads", _("Import a roll")),
            (Action.REQUEST_CHANGE, "changes", _("Change requests")),
            (Action.DECIDE_CHANGE, "changes", _("Change requests")),
            (Action.SEE_COVERAGE, "ahead", _("Ahead of time")),
            (Action.SEE_PEOPLE, "road", pgettext("navigation", "Road to cashless")),
            (Action.REQUEST_CHANGE, "alike", _("People alike")),
            (Action.DECIDE_CHANGE, "alike", _("People alike")),
        ],
        _("Reports"): [
            (Action.SEE_COVERAGE, "dashboard", pgettext("navigation", "Coverage")),
            (Action.SEE_COVERAGE, "reports", pgettext("navigation", "Periodic reports")),
            (Action.SEE_PEOPLE, "gift_lists", _("Gift lists")),
            (Action.SEE_COVERAGE, "difficulties", pgettext("navigation", "Difficulties")),
            (Action.SEE_COVERAGE, "targets", _("Targets")),
        ],
        pgettext("navigation", "Law"): [
            (Action.SEE_LAW, "law", _("Rates")),
            (Action.CHANGE_LAW, "law_conversion", pgettext("navigation", "Social pension")),
        ],
        pgettext("navigation", "Administration"): [
            (Action.ADMINISTER, "officers", _("Officers")),
            (Action.ADMINISTER, "banks", _("Banks")),
            (Action.ADMINISTER, "reference", _("Reference tables")),
            (Action.ADMINISTER, "reorganisations", _("Reorganisation")),
            (Action.SEE_AUDIT, "looks", _("Numbers shown in full")),
        ],
    }
