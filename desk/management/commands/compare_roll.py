"""`manage.py compare_roll FILE YYYY-MM`: a month's real payment list against what the law grants, person by person."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import province_reader
from areas.models import Unit
from beneficiaries.roll.paid_list import ListReader
from beneficiaries.roll.problem import Problem
from beneficiaries.roll.table import UnreadableFile
from benefits.models import Scheme
from common.commands import JsonCommand, day_argument, month_argument
from common.money import format_number
from common.months import add_months, format_month
from payments.queries.comparing import Comparison, Entry, Verdict, compare_list

_SHOWN = 50


class Command(JsonCommand):
    help = "Compare a month's real payment list with what the law grants for it, person by person. Writes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("month", type=month_argument, metavar="YYYY-MM")
        parser.add_argument(
            "--on", type=day_argument, metavar="YYYY-MM-DD",
            help="decrees in force on this day (default: the list date of the month)",
        )  # fmt: skip
        parser.add_argument(
            "--scheme", choices=Scheme.values, default="", help="the list is of this scheme alone"
        )
        parser.add_argument("--unit", metavar="CODE", help="the list is of this commune or district alone")

    def handle(
        self,
        *args: Any,
        file: Path,
        month: date,
        on: date | None,
        scheme: str,
        unit: str | None,
        as_json: bool,
        **options: Any,
    ) -> None:
        reader = ListReader(file, month=month)
        try:
            found = compare_list(
                lines=reader.lines(),
                month=month,
                on=on or add_months(month, -1).replace(day=settings.LIST_DAY),
                reader=province_reader(),
                scheme=scheme,
                communes=_communes(unit, month) if unit else None,
            )
        except UnreadableFile as error:
            raise CommandError(f"{file.name}: {error}") from error
        same = not found.entries and not reader.errors
        if as_json:
            self.emit(_summary(found, reader) | {"same": same})
        else:
            self._print(found, reader)
        if not same:
            sys.exit(1)

    def _print(self, found: Comparison, reader: ListReader) -> None:
        titles = _titles()
        for verdict, title in titles.items():
            entries = [entry for entry in found.entries if entry.verdict == verdict]
            if entries:
                self.stdout.write(f"\n{title}")
            for entry in entries[:_SHOWN]:
                self._print_entry(entry)
            self._more(len(entries))
        for problems, title in (
            (reader.errors, _("Rows that cannot be read")),
            (reader.warnings, _("To be checked")),
        ):
            if problems:
                self.stdout.write(f"\n{title}")
            for problem in problems[:_SHOWN]:
                self.stdout.write(f"  {_line(problem)}")
            self._more(len(problems))
        self._table(found, reader, titles)

    def _print_entry(self, entry: Entry) -> None:
        who = ", ".join(filter(None, (entry.name, entry.birth, *entry.rows)))
        amounts = _("list %(listed)s ₫, law %(ours)s ₫") % {
            "listed": format_number(entry.listed), "ours": format_number(entry.ours)
        }  # fmt: skip
        self.stdout.write(f"  {who}: {amounts}")
        for words in entry.words:
            self.stdout.write(f"      {words}")

    def _more(self, count: int) -> None:
        if count > _SHOWN:
            self.stdout.write(_("  … and more: --json lists them all"))

    def _table(self, found: Comparison, reader: ListReader, titles: dict[Verdict, str]) -> None:
        self.stdout.write(
            f"\n{format_month(found.month):38}{_('people'):>10}{_('list, ₫'):>20}{_('law, ₫'):>20}{_('difference'):>20}"
        )
        rows = [(title, *_numbers(found, verdict)) for verdict, title in titles.items()]
        rows.append((_("Rows that cannot be read"), reader.refused, reader.refused_amount, 0))
        people = sum(row[1] for row in rows)
        rows.append((_("All"), people, found.listed + reader.refused_amount, found.ours))
        for title, people, listed, ours in rows:
            numbers = "".join(f"{format_number(number):>20}" for number in (listed, ours, listed - ours))
            self.stdout.write(f"{title:38}{format_number(people):>10}{numbers}")


def _communes(code: str, month: date) -> frozenset[int]:
    """The communes under the unit of that code in the month."""
    units = list(Unit.objects.on(month).filter(code=code).values_list("pk", flat=True))
    if not units:
        raise CommandError(_("No unit has the code %(code)s in that month.") % {"code": code})
    return frozenset(
        Unit.objects.communes().filter(Q(pk__in=units) | Q(parent__in=units)).values_list("pk", flat=True)
    )


def _titles() -> dict[Verdict, str]:
    return {
        Verdict.SAME: _("The same"),
        Verdict.DIFFERENT: _("Another amount"),
        Verdict.LIST_ONLY: _("In the list, nothing due by the law"),
        Verdict.OURS_ONLY: _("Due by the law, not in the list"),
        Verdict.UNCLEAR: _("Not told apart for sure"),
    }


def _numbers(found: Comparison, verdict: Verdict) -> tuple[int, int, int]:
    total = found.totals[verdict]
    return total.people, total.listed, total.ours


def _line(problem: Problem) -> str:
    where = [problem.sheet, _("row %(row)s") % {"row": problem.row} if problem.row else "", problem.column]
    return f"{', '.join(filter(None, where))}: {problem.message}"


def _summary(found: Comparison, reader: ListReader) -> dict[str, Any]:
    totals = {str(verdict): asdict(total) for verdict, total in found.totals.items()}
    totals["unreadable"] = {"people": reader.refused, "listed": reader.refused_amount, "ours": 0}
    return {
        "month": format_month(found.month),
        "on": found.on.isoformat(),
        "rows": reader.seen,
        "totals": totals,
        "listed": found.listed + reader.refused_amount,
        "ours": found.ours,
        "people": [asdict(entry) for entry in found.entries],
        "errors": [problem.as_dict() for problem in reader.errors],
        "warnings": [problem.as_dict() for problem in reader.warnings],
    }
