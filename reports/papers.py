"""Coverage on paper: one A4 page of the table, and the monthly report with its sentences, by Typst."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.money import format_number
from common.numbers import format_percent
from common.typesetting import typeset
from reports.models import Difficulty, Restatement
from reports.monthly import sentences
from reports.queries.coverage import Coverage, Row
from reports.queries.overview import Overview

PDF_TYPE = "application/pdf"
TEMPLATE = Path(__file__).resolve().parent / "typst" / "coverage.typ"


def paper(data: Mapping[str, Any]) -> bytes:
    """The page as PDF."""
    return typeset(TEMPLATE, data, tagged=True)


def coverage_data(found: Coverage, *, area: str, label: str) -> dict[str, Any]:
    """What the page of a coverage table shows; a long table goes on in a second column of smaller print."""
    return {
        "title": _("Payment through accounts, %(m)s") % {"m": f"{found.month:%m/%Y}"},
        "subtitle": area,
        "state": " · ".join(
            [
                _("all results are in")
                if found.settled
                else _("not yet settled: by where the money was sent"),
                *([_("restated")] if found.restated else []),
            ]
        ),
        "paragraphs": [],
        "heads": [label[:1].upper() + label[1:], *_heads()],
        "rows": [_cells(row) for row in found.rows],
        "total": _cells(found.total),
        "notes": _notes(found),
        "small": len(found.rows) > 30,
    }


def report_data(seen: Overview, *, difficulties: Sequence[Difficulty]) -> dict[str, Any]:
    """What the monthly report shows: sentences that state the figures and what the units raised, then the tables."""
    table = seen.table
    return {
        "title": _("Report on payment through accounts, %(m)s") % {"m": f"{table.month:%m/%Y}"},
        "subtitle": table.area.name,
        "state": " · ".join(
            [
                _("Figures of %(day)s") % {"day": date_format(table.snapshot.taken_at.astimezone(), "d/m/Y")},
                *([_("restated")] if seen.restated else []),
            ]
        ),
        "paragraphs": sentences(seen, difficulties),
        "heads": [_("Unit"), *_heads()],
        "rows": [_cells(row) for row in [*seen.schemes, *seen.rows]],
        "total": _cells(seen.total),
        "notes": restated(seen.restated),
        "small": len(seen.rows) > 22,
    }


def _heads() -> list[str]:
    return [
        _("Through accounts"),
        _("All"),
        _("Rate"),
        _("Gap to target"),
        _("Paid in this month, đồng"),
        _("Through accounts, this month, đồng"),
    ]


def _cells(row: Row) -> list[str]:
    return [
        row.name,
        format_number(row.covered),
        format_number(row.all),
        format_percent(row.rate),
        format_number(row.gap),
        format_number(row.amount),
        format_number(row.amount_cashless),
    ]


def restated(those: Iterable[Restatement]) -> list[str]:
    """What a file says of a month whose closed figures were taken again."""
    return [
        _("Restated on %(day)s: %(reason)s Before: %(covered)s of %(all)s.")
        % {
            "day": f"{timezone.localtime(one.at):%d/%m/%Y}",
            "reason": one.reason if one.reason.endswith(".") else f"{one.reason}.",
            "covered": format_number(one.covered),
            "all": format_number(one.people),
        }
        for one in those
    ]


def _notes(found: Coverage) -> list[str]:
    notes = [
        _(
            "Counted: each person once a scheme, with a payment in the month that was not withdrawn; "
            "people in institutions stand outside."
        )
    ]
    notes += restated(found.restated)
    if found.overlaps:
        notes.append(
            _("A person with two categories stands in both rows: the rows do not add up to the total.")
        )
    return notes
