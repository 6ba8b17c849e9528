"""All of a month's lists for signature, as PDF files in a folder: `manage.py postal_lists 2024-12 --out DIR`."""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.access import province_reader
from common.commands import JsonCommand, month_argument
from common.months import format_month
from common.progress import progress_bar
from postal.papers.signing import file_name, list_data
from postal.papers.typesetting import pdf
from postal.queries.lists import pay_lists
from postal.queries.scope import visible_days

DAYS_AT_ONCE = 60


class Command(JsonCommand):
    help = "Make all of a month's lists for signature as PDF"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("month", type=month_argument, metavar="YYYY-MM")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the files")
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N")

    def handle(self, *args: Any, month: date, out: Path, workers: int, as_json: bool, **options: Any) -> None:
        days = list(visible_days(reader=province_reader(), on=timezone.localdate()).filter(month=month))
        if not days:
            raise CommandError(f"{format_month(month)} has no pay day.")
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        started, lists, payments = time.monotonic(), 0, 0
        with (
            ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
            progress_bar(f"postal_lists {format_month(month)}", quiet=as_json) as progress,
        ):
            for start in range(0, len(days), DAYS_AT_ONCE):
                made = pay_lists(days=days[start : start + DAYS_AT_ONCE])
                papers = pool.map(pdf, ["list"] * len(made), map(list_data, made))
                for one, content in zip(made, papers, strict=True):
                    (out / file_name(one, "pdf")).write_bytes(content)
                lists, payments = lists + len(made), payments + sum(len(one.rows) for one in made)
                progress(min(start + DAYS_AT_ONCE, len(days)), len(days))
        seconds = round(time.monotonic() - started, 3)
        if as_json:
            self.emit(
                {"month": format_month(month), "lists": lists, "payments": payments, "seconds": seconds}
            )
        else:
            self.stdout.write(f"{lists} lists, {payments} payments, {seconds} s")
