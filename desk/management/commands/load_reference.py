"""`manage.py load_reference --province 60`: administrative units, benefits and payment providers."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from areas.operations import UnknownProvince, load_units
from beneficiaries.providers import load_providers
from benefits.operations import load_benefits
from payments.operations.lookback import queue_late_rates

EXCLUDABLE = ("secondary", "assumed")


class Command(BaseCommand):
    help = "Load the units of a province, every benefit with its dated rates, and the banks. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--province", required=True, help="two-digit code, such as 60 for Bình Thuận")
        parser.add_argument(
            "--exclude",
            default="",
            metavar="CONFIDENCE[,…]",
            help="leave out rates and bases that are not verified: secondary, assumed or both",
        )
        parser.add_argument(
            "--json", action="store_true", dest="as_json", help="print one JSON object and nothing else"
        )

    def handle(self, *args: Any, province: str, exclude: str, as_json: bool, **options: Any) -> None:
        left_out = {word.strip() for word in exclude.split(",") if word.strip()}
        if unknown := left_out - set(EXCLUDABLE):
            message = _("--exclude takes secondary and assumed, not “%(words)s”.")
            raise CommandError(message % {"words": ", ".join(sorted(unknown))}, returncode=2)
        try:
            with transaction.atomic():
                units = load_units(province=province)
                benefits = load_benefits(exclude=left_out)
                queue_late_rates(
                    changes=[(row.category, row.from_month, row.in_force_from) for row in benefits.affected]
                )
                tables = units | benefits.tables | {"providers": load_providers()}
        except UnknownProvince as error:
            raise CommandError(str(error)) from error
        counts = {name: changes.counts() for name, changes in tables.items()}
        if as_json:
            self.stdout.write(_json(province, counts, benefits.affected))
        else:
            self._print(counts)

    def _print(self, counts: dict[str, dict[str, int]]) -> None:
        columns = ["added", "changed", "unchanged", "retired"]
        self.stdout.write(f"{'':14}" + "".join(f"{column:>11}" for column in columns))
        for name, row in counts.items():
            self.stdout.write(f"{name:14}" + "".join(f"{row[column]:>11}" for column in columns))


def _json(province: str, counts: dict[str, dict[str, int]], affected: list[Any]) -> str:
    rows = [
        {
            "category": row.category,
            "from_month": f"{row.from_month:%Y-%m}",
            "in_force_from": row.in_force_from.isoformat(),
        }
        for row in affected
    ]
    return json.dumps({"province": province, "tables": counts, "affected": rows}, ensure_ascii=False)
