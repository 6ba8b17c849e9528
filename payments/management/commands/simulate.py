"""`manage.py simulate --rates FILE --month YYYY-MM`: what a month would cost under proposed rates and bases."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from beneficiaries.roll.table import UnreadableFile
from benefits.entering import RowsRefused, complete
from common.commands import JsonCommand, month_argument
from common.money import format_number, format_vnd
from common.months import format_month
from common.progress import progress_bar
from payments.law_files import read_law_file
from payments.queries.preview import Change, simulate
from payments.queries.preview_names import category_names, unit_names


class Command(JsonCommand):
    help = "The cost of a month with proposed rates or bases beside today's law; nothing is written."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--rates", required=True, type=Path, metavar="FILE", help="Excel or CSV, a row each"
        )
        parser.add_argument("--month", required=True, type=month_argument, metavar="YYYY-MM")

    def handle(self, *args: Any, rates: Path, month: date, as_json: bool, **options: Any) -> None:
        try:
            rows = complete(read_law_file(rates), source=str(_("simulation")), month=month)
            with progress_bar(format_month(month), quiet=as_json) as progress:
                figures = simulate(rows, month=month, progress=progress)
        except (UnreadableFile, RowsRefused) as error:
            raise CommandError(str(error)) from error
        names = {"unit": unit_names(), "category": category_names(), "scheme": {}}
        if as_json:
            content = figures.as_dict()
            for row in content["by_district"]:
                row["name"] = names["unit"].get(str(row["unit"]), "")
            self.emit({"month": format_month(month)} | content)
            return
        head = (_("people"), _("change"), _("today"), _("proposed"), _("difference"))
        self.stdout.write(f"{'':44}{head[0]:>9}{head[1]:>9}{head[2]:>21}{head[3]:>21}{head[4]:>20}")
        for by in ("scheme", "category", "unit"):
            for key, row in figures.by(by).items():
                if row.changed:
                    self._row(names[by].get(key, key), row)
            self.stdout.write("")
        self._row(_("all"), figures.total())

    def _row(self, name: str, row: Change) -> None:
        self.stdout.write(
            f"{name[:43]:44}{format_number(row.people):>9}{format_number(row.changed):>9}"
            f"{format_vnd(row.before):>21}{format_vnd(row.after):>21}{format_vnd(row.difference):>20}"
        )
