"""`manage.py seed_roll --people N --month YYYY-MM --seed S`: a made-up roll, plainly labelled as such."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from common.commands import JsonCommand, month_argument
from common.money import format_number, format_vnd
from common.months import format_month
from common.progress import progress_bar
from desk.synthetic.enrolment import ARTICLE_PAIRS
from desk.synthetic.plan import SCHEMES
from desk.synthetic.roll import ReferenceMissing, RollNotEmpty, SeedResult, seed_roll

_SMALLEST = 100


class Command(JsonCommand):
    help = "Load a synthetic roll into a database without people. The same seed gives the same roll."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--people",
            type=int,
            default=ARTICLE_PAIRS,
            help="pairs of person and scheme with a payment in the month (default: %(default)s)",
        )
        parser.add_argument(
            "--month", type=month_argument, default="2024-12", metavar="YYYY-MM", help="default: %(default)s"
        )
        parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")

    def handle(self, *args: Any, people: int, month: date, seed: int, as_json: bool, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(_("Synthetic people have no place in production."))
        if people < _SMALLEST:
            message = _("--people takes at least %(least)s.") % {"least": _SMALLEST}
            raise CommandError(message, returncode=2)
        started = time.perf_counter()
        try:
            with progress_bar(_("Synthetic roll"), quiet=as_json) as progress:
                result = seed_roll(pairs=people, month=month, seed=seed, progress=progress)
        except (RollNotEmpty, ReferenceMissing) as error:
            raise CommandError(str(error)) from error
        seconds = round(time.perf_counter() - started, 2)
        if as_json:
            self.emit(_summary(result, seed, seconds))
        else:
            self._print(result, seconds)

    def _print(self, result: SeedResult, seconds: float) -> None:
        counts = result.plan.counts
        self.stdout.write(
            _("%(people)s synthetic people with %(entitlements)s entitlements in %(seconds)s s")
            % {
                "people": format_number(result.people),
                "entitlements": format_number(result.entitlements),
                "seconds": seconds,
            }
        )
        for scheme in SCHEMES:
            self.stdout.write(
                f"{scheme:5} {format_number(counts.accounts[scheme]):>9} / {format_number(counts.all[scheme]):>9}"
                f"   {format_vnd(result.plan.paid[scheme]):>20}"
            )


def _summary(result: SeedResult, seed: int, seconds: float) -> dict[str, Any]:
    plan = result.plan
    return {
        "month": format_month(plan.cycles[-1]),
        "seed": seed,
        "people": result.people,
        "entitlements": result.entitlements,
        "pairs": sum(plan.counts.all.values()),
        "schemes": {
            scheme: {
                "all": plan.counts.all[scheme],
                "accounts": plan.counts.accounts[scheme],
                "paid_through_accounts": plan.paid[scheme],
            }
            for scheme in SCHEMES
        },
        "seconds": seconds,
    }
