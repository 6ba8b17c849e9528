"""`manage.py bank_simulator`: a bank at work over real HTTP with a real token; also a sample to copy from."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from banks.models import Scope
from banks.operations.access import create_client
from banks.simulator.bank import Bank, Habits
from banks.simulator.http import Connection, Refused
from beneficiaries.models import Channel, PayoutMethod
from common.commands import JsonCommand, day_argument

SECRET = "ANSINH_BANK_SECRET"
USUAL = Habits()


class Command(JsonCommand):
    help = "Confirm, pay and report a bank's released lists over HTTP, with seeded failures."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="the site, without a path")
        parser.add_argument("--client", help=f"client id; its secret is read from {SECRET}")
        parser.add_argument("--bank", help="BIN: make a client of this bank (only where people are made up)")
        parser.add_argument(
            "--accounts",
            type=Path,
            help="CSV of its accounts: number, holder; it looks here when asked whose one is",
        )
        parser.add_argument("--on", type=day_argument, help="day of the results, today unless told")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--failed", type=float, default=USUAL.failed, help="share of transfers that fail")
        parser.add_argument("--returned", type=float, default=USUAL.returned, help="share that comes back")
        parser.add_argument(
            "--repeated", type=float, default=USUAL.repeated, help="share of messages sent twice"
        )

    def handle(self, *args: Any, url: str, as_json: bool, **options: Any) -> None:
        client_id, secret = self._credentials(options["client"], options["bank"])
        book = _read_book(options["accounts"]) if options["accounts"] else _book_of(options["bank"])
        habits = Habits(options["seed"], options["failed"], options["returned"], options["repeated"])
        bank = Bank(
            Connection(url.rstrip("/"), client_id, secret),
            habits,
            options["on"] or timezone.localdate(),
            book,
        )
        try:
            done = bank.work()
        except (Refused, ConnectionError) as error:
            raise CommandError(str(error)) from error
        if as_json:
            self.emit(dict(done))
        for name, count in sorted(done.items()) if not as_json else ():
            self.stdout.write(f"{name:20}{count:>9}")

    def _credentials(self, client_id: str | None, bank: str | None) -> tuple[str, str]:
        if client_id:
            secret = os.environ.get(SECRET, "")
            if not secret:
                raise CommandError(f"Set {SECRET} to the client's secret.")
            return client_id, secret
        if not bank or not settings.DEMO:
            raise CommandError("Name a client (--client), or a bank (--bank) where people are made up.")
        client, secret = create_client(
            provider=bank, name="bank_simulator", scopes=Scope.values, at=timezone.now(), per_minute=100_000
        )
        return client.pk, secret


def _read_book(path: Path) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {row[0].strip(): row[1].strip() for row in csv.reader(file) if len(row) > 1}
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error}") from error


def _book_of(bank: str | None) -> dict[str, str]:
    """The accounts of made-up people at a bank: the book that such a bank would have. Nothing for a named client."""
    if not bank:
        return {}
    methods = PayoutMethod.objects.filter(channel=Channel.BANK, provider=bank).order_by("pk")
    return {method.account: method.holder for method in methods.iterator() if method.account}
