"""`manage.py explain NATIONAL_ID YYYY-MM`: what is due and what was posted for a person's month, and why."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import province_reader
from beneficiaries.models import Person
from common.commands import JsonCommand, day_argument, month_argument
from common.money import format_vnd
from common.months import format_month
from payments.queries.explain import explain


class Command(JsonCommand):
    help = "Explain each due and each line of a person's month: base, coefficient, months, article."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("national_id")
        parser.add_argument("month", type=month_argument, metavar="YYYY-MM")
        parser.add_argument(
            "--on", type=day_argument, metavar="YYYY-MM-DD", help="decrees in force on this day (today)"
        )

    def handle(
        self, *args: Any, national_id: str, month: date, on: date | None, as_json: bool, **options: Any
    ) -> None:
        person = Person.objects.filter(national_id_index=national_id.strip()).order_by("-pk").first()
        if person is None:
            raise CommandError(_("Nobody on the roll has this identity number. Check its digits."))
        result = explain(person=person, month=month, on=on or timezone.localdate(), reader=province_reader())
        if as_json:
            content = asdict(result) | {"month": format_month(month), "total": result.total}
            for row in [*content["dues"], *content["lines"]]:
                row["month"] = format_month(row["month"])
            for due in content["dues"]:
                due["coefficient"] = None if due["coefficient"] is None else float(due["coefficient"])
            self.emit(content)
            return
        for due in result.dues:
            self.stdout.write(f"{due.name}\n    {due.words}")
        for line in result.lines:
            self.stdout.write(f"{line.name}\n    {line.words} [{line.payment_state}]")
        for note in result.notes:
            self.stdout.write(note)
        self.stdout.write(f"{format_month(month)}: {format_vnd(result.total)}")
