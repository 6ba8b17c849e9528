"""What every command shares: months as arguments, one JSON object on standard output, refusals as one line."""

from __future__ import annotations

import argparse
import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common.months import parse_month


def month_argument(text: str) -> date:
    """argparse's type for `YYYY-MM`; a usage error (exit 2) for anything else."""
    try:
        return parse_month(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def day_argument(text: str) -> date:
    """argparse's type for `YYYY-MM-DD`; a usage error (exit 2) for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day: write YYYY-MM-DD.") from error


class JsonCommand(BaseCommand):
    """A command with `--json`: then `emit` prints its object, alone, on standard output."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", dest="as_json", help="print one JSON object and nothing else"
        )

    def emit(self, content: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(content, ensure_ascii=False, default=str))
