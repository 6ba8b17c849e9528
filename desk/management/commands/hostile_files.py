"""`manage.py hostile_files`: two hundred broken or hostile files, each of which an import must refuse."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from bench.hostile import judge
from common.commands import JsonCommand


class Command(JsonCommand):
    help = "Import two hundred broken or hostile files and say which were not refused. Nothing is written."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--every", type=int, default=1, help="try only every so-manieth file")

    def handle(self, *args: Any, every: int, as_json: bool, **options: Any) -> None:
        with tempfile.TemporaryDirectory() as folder:
            found = list(judge(Path(folder), today=timezone.localdate(), every=every, alone=True))
        bad = [verdict for verdict in found if verdict.fault]
        if as_json:
            self.emit(
                {
                    "files": len(found),
                    "refused": len(found) - len(bad),
                    "slowest_seconds": round(max(verdict.seconds for verdict in found), 2),
                    "reader_mb": max(verdict.reader_mb for verdict in found),
                    "import_mb": max(verdict.import_mb for verdict in found),
                    "faults": [{"file": verdict.name, "fault": verdict.fault} for verdict in bad],
                }
            )
        else:
            for verdict in found:
                said = verdict.fault or f"refused: {verdict.code}"
                self.stdout.write(f"{verdict.name:50} {verdict.seconds:6.2f} s  {said}")
            most, last = max(found, key=lambda verdict: verdict.seconds), found[-1]
            self.stdout.write(
                f"{len(found)} files, {len(found) - len(bad)} refused; at most {most.seconds:.2f} s of the processor "
                f"({most.name}), {last.reader_mb} MB reading and {last.import_mb} MB importing"
            )
        if bad:
            raise CommandError(f"{len(bad)} files were not refused as they must be.")
