"""Tables of figures as Excel files. Text stays text: no cell becomes a formula or a link."""

from __future__ import annotations

import io

from django.utils.translation import gettext as _

from common.workbooks import new_workbook
from reports.papers import restated
from reports.queries.coverage import Coverage, Row


def coverage_workbook(found: Coverage, *, area: str) -> bytes:
    """The coverage table of a month as one sheet, with what it counts written below it."""
    target = io.BytesIO()
    with new_workbook(target) as book:
        sheet = book.add_worksheet(f"{found.month:%Y-%m}")
        title = book.add_format({"bold": True, "font_size": 14})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        bold = {"bold": True, "top": 1}
        formats = [
            [book.add_format(extra | {"num_format": pattern}) for pattern in ("@", "#,##0", "0.0%")]
            for extra in ({}, bold)
        ]
        sheet.write_string(0, 0, _("Payment through accounts, %(m)s") % {"m": f"{found.month:%m/%Y}"}, title)
        settled = _("all results are in")
        sheet.write_string(
            1,
            0,
            f"{area} · {settled if found.settled else _('not yet settled: by where the money was sent')}"
            + (f" · {_('restated')}" if found.restated else ""),
        )
        for column, name in enumerate(_heads(found)):
            sheet.write_string(3, column, name, head)
        for line, row in enumerate([*found.rows, found.total], start=4):
            text, whole, percent = formats[row is found.total]
            sheet.write_string(line, 0, row.key if row is not found.total else "", text)
            sheet.write_string(line, 1, row.name, text)
            for column, (value, is_rate) in enumerate(_cells(row), start=2):
                sheet.write_number(line, column, value, percent if is_rate else whole)
        for line, note in enumerate(_notes(found), start=6 + len(found.rows)):
            sheet.write_string(line, 0, note)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 44)
        sheet.set_column(2, 9, 18)
        sheet.freeze_panes(4, 2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(3)
    return target.getvalue()


def _heads(found: Coverage) -> list[str]:
    return [
        _("Code"),
        _("Name"),
        _("Through accounts"),
        _("All"),
        _("Rate"),
        _("Target"),
        _("Gap to target"),
        _("Paid in this month, đồng"),
        _("Through accounts, this month, đồng"),
        _("Through accounts since January, đồng"),
    ]


def _cells(row: Row) -> list[tuple[float, bool]]:
    return [
        (row.covered, False),
        (row.all, False),
        (row.rate, True),
        (float(row.target), True),
        (row.gap, False),
        (row.amount, False),
        (row.amount_cashless, False),
        (row.amount_year, False),
    ]


def _notes(found: Coverage) -> list[str]:
    notes = [
        _(
            "Counted: each person once a scheme, with a payment in the month that was not withdrawn; "
            "people in institutions stand outside."
        ),
        _(
            "Through accounts: all of the person's money of the month came to an account; before the settlement: "
            "was sent to one."
        ),
    ]
    notes += restated(found.restated)
    if found.overlaps:
        notes.append(
            _("A person with two categories stands in both rows: the rows do not add up to the total.")
        )
    return notes
