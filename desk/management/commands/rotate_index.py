"""`manage.py rotate_index`: reckon the indexes by which numbers are found anew, under another BLIND_INDEX_KEY."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from accounts.models import RecoveryCode
from common.commands import JsonCommand
from common.crypto import DecryptionError
from common.reindexing import ReindexRefused, left_under, refuse_company, reindex


class Command(JsonCommand):
    help = (
        "With the site stopped, BLIND_INDEX_KEY the new key and BLIND_INDEX_OLD_KEY the old one: make every number be"
        " found under the new key. May be stopped and run again. See docs/operation.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--check", action="store_true", help="only count the indexes under the old key")

    def handle(self, *args: Any, **options: Any) -> None:
        old = settings.BLIND_INDEX_OLD_KEY
        if old is None:
            raise CommandError(
                "Set BLIND_INDEX_OLD_KEY to the key until now, and BLIND_INDEX_KEY to the new one."
            )
        if old == settings.BLIND_INDEX_KEY:
            raise CommandError("BLIND_INDEX_OLD_KEY and BLIND_INDEX_KEY are the same.")
        written: Counter[str] = Counter()
        ended = 0
        try:
            left = left_under(old=old)
            if left.total() and not options["check"]:
                refuse_company()
                # Of a recovery code only the hash is kept: it could never be right again, and nobody would know.
                ended, _by_model = RecoveryCode.objects.all().delete()
                for place, count in reindex(old=old):
                    written[place] += count
                left = left_under(old=old)
        except (DecryptionError, ReindexRefused) as error:
            raise CommandError(f"{error}. What was written before it stands; run it again.") from error
        said = {"written": written.total(), "left": left.total(), "recovery_codes_ended": ended}
        if options["as_json"]:
            self.emit(said)
            return
        self.stdout.write(
            f"{written.total()} indexes under the new key, {left.total()} under the old one; "
            f"{ended} recovery codes ended: their officers make new ones."
        )
