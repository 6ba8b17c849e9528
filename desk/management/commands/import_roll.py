"""`manage.py import_roll FILE`: a roll from Excel or CSV; good rows are taken and bad ones named."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beneficiaries.operations.importing import ImportResult, import_roll
from beneficiaries.roll.problem import Problem
from beneficiaries.roll.table import UnreadableFile
from beneficiaries.roll.writing import write_template
from common.commands import JsonCommand, month_argument
from common.months import add_months, month_of
from common.progress import progress_bar
from payments.models import Cycle, CycleState

_SHOWN = 50


class Command(JsonCommand):
    help = "Import a roll from Excel or CSV: good rows are taken, bad ones named by sheet, row and column."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
        parser.add_argument(
            "--paid-through",
            type=month_argument,
            metavar="YYYY-MM",
            help="last month paid elsewhere, for rows that do not say (default: the one before the first open cycle)",
        )
        parser.add_argument("--all-or-nothing", action="store_true", help="take nothing if one row is bad")
        parser.add_argument("--template", type=Path, metavar="FILE", help="write the template there and stop")

    def handle(
        self,
        *args: Any,
        file: Path | None,
        dry_run: bool,
        paid_through: date | None,
        all_or_nothing: bool,
        template: Path | None,
        as_json: bool,
        **options: Any,
    ) -> None:
        today = timezone.localdate()
        if template is not None:
            self._write_template(template, today)
            return
        if file is None:
            raise CommandError(_("Name the file of the roll, or --template FILE."), returncode=2)
        try:
            with progress_bar(_("Roll"), quiet=as_json) as progress:
                result = import_roll(
                    path=file,
                    settled_before=add_months(paid_through, 1) if paid_through else _first_month(today),
                    settled_known=paid_through is not None,
                    today=today,
                    dry_run=dry_run,
                    all_or_nothing=all_or_nothing,
                    progress=progress,
                )
        except UnreadableFile as error:
            raise CommandError(f"{file.name}: {error}") from error
        if as_json:
            self.emit(_summary(result, dry_run))
        else:
            self._print(result, dry_run)
        if result.refused_file:
            raise CommandError(_("Nothing was taken: correct the rows named, or leave out --all-or-nothing."))

    def _write_template(self, path: Path, today: date) -> None:
        try:
            write_template(path, on=today)
        except OSError as error:
            raise CommandError(_("%(file)s cannot be written.") % {"file": path}) from error

    def _print(self, result: ImportResult, dry_run: bool) -> None:
        for problems, title in (
            (result.errors, ngettext("%(count)s error", "%(count)s errors", len(result.errors))),
            (result.warnings, ngettext("%(count)s warning", "%(count)s warnings", len(result.warnings))),
        ):
            if problems:
                self.stdout.write(title % {"count": len(problems)})
            for problem in problems[:_SHOWN]:
                self.stdout.write(f"  {_line(problem)}")
            if len(problems) > _SHOWN:
                self.stdout.write(_("  … and more: --json lists them all"))
        self.stdout.write(
            _("%(rows)s rows: %(new)s new, %(changed)s changed, %(unchanged)s unchanged, %(refused)s refused")
            % {name: getattr(result, name) for name in ("rows", "new", "changed", "unchanged", "refused")}
        )
        if dry_run:
            self.stdout.write(_("A trial: nothing was written."))


def _first_month(today: date) -> date:
    first = (
        Cycle.objects.filter(state=CycleState.OPEN).order_by("month").values_list("month", flat=True).first()
    )
    return first or month_of(today)


def _line(problem: Problem) -> str:
    where = [problem.sheet, _("row %(row)s") % {"row": problem.row} if problem.row else "", problem.column]
    return f"{', '.join(filter(None, where))}: {problem.message}"


def _summary(result: ImportResult, dry_run: bool) -> dict[str, Any]:
    return {
        "rows": result.rows,
        "new": result.new,
        "changed": result.changed,
        "unchanged": result.unchanged,
        "refused": result.refused,
        "errors": [problem.as_dict() for problem in result.errors],
        "warnings": [problem.as_dict() for problem in result.warnings],
        "dry_run": dry_run,
    }
