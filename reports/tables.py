"""Tables of figures as plain files: CSV for officials, and the open data that anybody may have."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from benefits.models import Scheme
from common.months import format_month
from reports.queries.coverage import Coverage, Row, Table

CSV_TYPE = "text/csv; charset=utf-8"
# Fewer people than this are nobody's business: they could be told from what neighbours know.
SMALL = 5
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def coverage_csv(found: Coverage) -> bytes:
    """The coverage table as CSV in UTF-8 with a byte-order mark, so that Excel reads it; rates as fractions of 1."""
    heads = ["code", "name", "covered", "all", "rate", "target", "gap", "needed_a_month",
             "amount", "amount_cashless", "amount_cashless_year"]  # fmt: skip
    rows = [
        [
            row.key, row.name, row.covered, row.all, row.rate, row.target.normalize(), row.gap, row.needed,
            row.amount, row.amount_cashless, row.amount_year,
        ]
        for row in [*found.rows, found.total]
    ]  # fmt: skip
    return _csv([heads, *rows])


def open_data_csv(table: Table) -> bytes:
    """A month by commune and scheme for publication: counts and đồng, no names, no small cells.

    A commune's row stands alone only where both those covered and those not are none or at least SMALL; the others
    are put together, with the smallest of the rest where they are still too few, so that no subtraction from the
    scheme's total gives a small cell away.
    """
    lines: list[list[object]] = [
        ["month", "scheme", "commune_code", "commune", "covered", "all", "amount", "amount_cashless"]
    ]
    for scheme in Scheme.values:
        for row in fold_small(table.communes_of(scheme)):
            lines.append(
                [
                    format_month(table.month), scheme, row.key, row.name,
                    row.covered, row.all, row.amount, row.amount_cashless,
                ]
            )  # fmt: skip
    return _csv(lines)


def fold_small(rows: Iterable[Row]) -> list[Row]:
    """The rows that tell nothing of a few people, and one for all others together; rows that add up as before.

    Nothing is left where even all together are too few.
    """
    from_largest = sorted(rows, key=lambda row: (-row.all, row.key))
    small = [row for row in from_largest if is_small(row)]
    shown = [row for row in from_largest if not is_small(row)]
    while small and shown and (len(small) < 2 or is_small(_together(small))):
        small.append(shown.pop())
    if not small:
        return shown
    folded = _together(small)
    return shown if is_small(folded) else [*shown, folded]


def is_small(row: Row) -> bool:
    """Whether a row tells of fewer than SMALL people, covered or not."""
    return 0 < row.covered < SMALL or 0 < row.all - row.covered < SMALL


def _together(rows: list[Row]) -> Row:
    return Row(
        key="",
        name=_("Other communes together"),
        covered=sum(row.covered for row in rows),
        all=sum(row.all for row in rows),
        target=rows[0].target,
        amount=sum(row.amount for row in rows),
        amount_cashless=sum(row.amount_cashless for row in rows),
        amount_year=sum(row.amount_year for row in rows),
    )


def _csv(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cell(value: object) -> object:
    """Text never begins as a formula does; an absent value is empty."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
