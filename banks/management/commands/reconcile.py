"""`manage.py reconcile YYYY-MM`: a month's books against the statements, from both sides."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.access import province_reader
from banks.queries.reconciling import Account, accounts_of, class_words, exceptions, funds_of
from common.commands import JsonCommand, month_argument
from common.money import format_number
from payments.models import Cycle


class Command(JsonCommand):
    help = (
        "Set a month's payments against the providers' statements: where the money is, the five classes, the proof "
        "from both sides, each difference with its owner. Exit 1 while something is unexplained or unproved."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("month", type=month_argument)
        parser.add_argument("--bank", default="", help="BIN; all providers unless told")

    def handle(self, *args: Any, month: Any, bank: str, as_json: bool, **options: Any) -> None:
        if not Cycle.objects.filter(pk=month).exists():
            raise CommandError(f"There is no cycle of {month:%Y-%m}.")
        scope = {"month": month, "reader": province_reader(), "provider": bank}
        accounts, rows = accounts_of(**scope), exceptions(**scope)
        unexplained = sum(account.unexplained for account in accounts)
        ok = not unexplained and all(account.proved for account in accounts)
        content = {
            "month": f"{month:%Y-%m}",
            "ok": ok,
            "unexplained": unexplained,
            "funds": [asdict(one) for one in funds_of(**scope)],
            "accounts": [_account(account) for account in accounts],
            "differences": [_difference(row) for row in rows],
        }
        if as_json:
            self.emit(content)
        else:
            self._show(content)
        if not ok:
            raise SystemExit(1)

    def _show(self, content: dict[str, Any]) -> None:
        self.stdout.write(f"{'':16}{'sent':>18}{'paid':>18}{'came back':>18}{'in hand':>18}")
        for one in content["funds"]:
            figures = "".join(
                f"{format_number(one[name]):>18}" for name in ("sent", "paid", "back", "in_hand")
            )
            self.stdout.write(f"{one['name']:16}{figures}")
        words = class_words()
        for account in content["accounts"]:
            self.stdout.write(f"\n{account['name']}")
            for kind, sums in account["classes"].items():
                self.stdout.write(
                    f"  {words[kind]:32}{sums['count']:>9}{format_number(sums['expected']):>20}"
                    f"{format_number(sums['reported']):>20}"
                )
            proof = "both sides agree" if account["proved"] else "THE SIDES DIFFER"
            derived, stated = format_number(account["derived"]), format_number(account["stated"])
            self.stdout.write(f"  {proof}: derived {derived}, stated {stated}")
        for row in content["differences"][:100]:
            found = row["text"] if row["explained"] else "unexplained"
            self.stdout.write(
                f"  {row['provider']} {row['reference']} {words[row['class']]}: {found} {row['owner'] or ''}"
            )
        self.stdout.write(f"\n{content['unexplained']} unexplained")


def _account(account: Account) -> dict[str, Any]:
    return {
        "provider": account.provider,
        "name": account.name,
        "classes": {kind: asdict(sums) for kind, sums in account.classes.items()},
        "books": account.books,
        "derived": account.derived,
        "stated": account.stated,
        "proved": account.proved,
        "statements": [row["statement"] for row in account.statements],
    }


def _difference(row: dict[str, Any]) -> dict[str, Any]:
    names = ("reference", "kind", "class", "expected", "reported", "explained", "text", "owner")
    return {"provider": row["provider_id"]} | {name: row[name] for name in names}
