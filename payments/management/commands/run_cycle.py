"""`manage.py run_cycle YYYY-MM`: make and route a month's payments in this process."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from common.commands import JsonCommand, day_argument, month_argument
from common.money import format_vnd
from common.months import format_month
from common.progress import progress_bar
from payments.operations.cycles import run_cycle
from payments.operations.errors import PaymentsError
from payments.queries.cycles import cycle_batches


class Command(JsonCommand):
    help = "Make the month's round, or what is new since; running it again adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("month", type=month_argument, metavar="YYYY-MM")
        parser.add_argument(
            "--to", type=month_argument, metavar="YYYY-MM", help="pay the months up to this one too (Tết)"
        )
        parser.add_argument(
            "--list-date", type=day_argument, metavar="YYYY-MM-DD", help="reckon with the law of this day"
        )
        parser.add_argument(
            "--routed-on", type=day_argument, metavar="YYYY-MM-DD", help="use the payout methods of this day"
        )

    def handle(self, *args: Any, month: date, as_json: bool, **options: Any) -> None:
        started = time.monotonic()
        with progress_bar(f"run_cycle {format_month(month)}", quiet=as_json) as progress:
            try:
                result = run_cycle(
                    month=month,
                    last_month=options["to"],
                    reckoned_on=options["list_date"],
                    routed_on=options["routed_on"],
                    at=timezone.now,
                    progress=progress,
                )
            except PaymentsError as error:
                raise CommandError(str(error)) from error
        batches = cycle_batches(month=month)
        content = {
            "month": format_month(month),
            "payments": sum(batch["count"] for batch in batches),
            "lines": result.lines,
            "amount": sum(batch["amount"] for batch in batches),
            "inserted": result.inserted,
            "seconds": round(time.monotonic() - started, 3),
            "closed": result.closed,
            "batches": batches,
        }
        if as_json:
            self.emit(content)
        else:
            self._print(content)

    def _print(self, content: dict[str, Any]) -> None:
        for batch in content["batches"]:
            self.stdout.write(
                f"{batch['round']:>2}  {batch['unit']:<28} {batch['scheme']:<5} {batch['channel']:<5} "
                f"{batch['provider']:<8} {batch['count']:>7} {format_vnd(batch['amount']):>20}"
            )
        if content["closed"]:
            self.stdout.write(f"{content['month']} is closed; nothing was changed.")
        self.stdout.write(
            f"{content['month']}: {content['payments']} payments, {format_vnd(content['amount'])}; "
            f"{content['inserted']} added now, {content['seconds']} s"
        )
