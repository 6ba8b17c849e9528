"""`manage.py restate_figures YYYY-MM --reason …`: take a closed cycle's figures again, and say so."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from common.commands import month_argument
from common.money import format_number
from reports.operations import RestatementRefused, restate


class Command(BaseCommand):
    help = "Take a closed cycle's figures again; the totals as they stood are kept, and the month is marked restated."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", type=month_argument, metavar="YYYY-MM")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, month: date, reason: str, **options: Any) -> None:
        try:
            kept = restate(month=month, reason=reason, at=timezone.now())
        except RestatementRefused as error:
            raise CommandError(str(error)) from error
        said = _("Restated; before: %(covered)s of %(people)s.")
        self.stdout.write(
            said % {"covered": format_number(kept.covered), "people": format_number(kept.people)}
        )
