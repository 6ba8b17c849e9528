"""`manage.py coverage YYYY-MM [--by …]`: who is paid through an account, against the target."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import province_reader
from common.commands import JsonCommand, day_argument, month_argument
from common.money import format_number, format_vnd
from common.months import format_month
from common.numbers import format_percent
from reports.operations import refresh_figures
from reports.queries.coverage import By, Coverage, NoFigures, Row, coverage

WIDEST = 60


class Command(JsonCommand):
    help = (
        "Coverage of one month in the whole province: through accounts, all, rate, target, gap and amounts."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("month", type=month_argument, metavar="YYYY-MM")
        parser.add_argument("--by", choices=[by.value for by in By], default=By.SCHEME.value)
        parser.add_argument(
            "--units", type=day_argument, metavar="YYYY-MM-DD", help="in the units of this later day"
        )

    def handle(
        self, *args: Any, month: date, by: str, units: date | None, as_json: bool, **options: Any
    ) -> None:
        refresh_figures(at=timezone.now())
        try:
            found = coverage(month=month, by=By(by), reader=province_reader(), units_on=units)
        except NoFigures as error:
            raise CommandError(str(error)) from error
        if as_json:
            self.emit(as_object(found))
        else:
            self.stdout.write(as_text(found))


def as_object(found: Coverage) -> dict[str, Any]:
    """The answer as scripts read it (docs/coverage.md): amounts in đồng, rates as fractions of 1."""
    return {
        "month": format_month(found.month),
        "cycle": format_month(found.cycle.month),
        "settled": found.settled,
        "by": found.by.value,
        "overlaps": found.overlaps,
        "restated": [
            {"on": one.at.date().isoformat(), "reason": one.reason, "covered": one.covered, "all": one.people}
            for one in found.restated
        ],
        "total": _figures(found.total),
        "rows": [{"key": row.key, "name": row.name} | _figures(row) for row in found.rows],
    }


def _figures(row: Row) -> dict[str, int | float | None]:
    return {
        "covered": row.covered,
        "all": row.all,
        "rate": row.rate,
        "target": float(row.target),
        "gap": row.gap,
        "needed_a_month": row.needed,
        "amount": row.amount,
        "amount_cashless": row.amount_cashless,
        "amount_rate": row.amount_rate,
        "amount_cashless_year": row.amount_year,
    }


def as_text(found: Coverage) -> str:
    """The same as a table of plain text, the total last."""
    heads = [
        "",
        _("Through accounts"),
        _("All"),
        _("Rate"),
        _("Target"),
        _("Gap to target"),
        _("Amount"),
        _("Through accounts"),
        _("Since January"),
    ]
    table = [heads, *(_cells(row) for row in [*found.rows, found.total])]
    widths = [max(len(line[column]) for line in table) for column in range(len(heads))]
    lines = [
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in table
    ]
    if found.overlaps:
        lines.append(
            _("A person with two categories stands in both rows: the rows do not add up to the total.")
        )
    return "\n".join(lines)


def _cells(row: Row) -> list[str]:
    return [
        row.name[:WIDEST],
        format_number(row.covered),
        format_number(row.all),
        format_percent(row.rate),
        format_percent(row.target),
        format_number(row.gap),
        format_vnd(row.amount),
        format_vnd(row.amount_cashless),
        format_vnd(row.amount_year),
    ]
