"""`manage.py rotate_keys`: encrypt stored numbers and secrets anew under FIELD_KEY_ID."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from common.commands import JsonCommand
from common.crypto import DecryptionError
from common.rotation import keys_in_use, rotate


class Command(JsonCommand):
    help = "Encrypt stored values anew under the current key; may be stopped and run again. See docs/operation.md."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--check", action="store_true", help="only count the values under each key")

    def handle(self, *args: Any, **options: Any) -> None:
        written: Counter[str] = Counter()
        try:
            if not options["check"]:
                for place, count in rotate():
                    written[place] += count
        except DecryptionError as error:
            raise CommandError(f"{error}. What was written before it stands; nothing is lost.") from error
        in_use = keys_in_use()
        old = sum(
            count for keys in in_use.values() for key, count in keys.items() if key != settings.FIELD_KEY_ID
        )
        if options["as_json"]:
            self.emit(
                {"key": settings.FIELD_KEY_ID, "written": written.total(), "old": old, "in_use": in_use}
            )
            return
        for place, keys in in_use.items():
            shown = ", ".join(f"{key}: {count}" for key, count in sorted(keys.items())) or "–"
            self.stdout.write(f"{place}: {shown}")
        self.stdout.write(
            f"{written.total()} values written under {settings.FIELD_KEY_ID}, {old} under other keys."
        )
