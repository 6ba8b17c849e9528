"""`manage.py export_audit FILE`: the chain's seals, to be kept where nobody of this system can write."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from audit.operations.sealing import seal
from audit.queries.verifying import exported_seals
from common.commands import JsonCommand


class Command(JsonCommand):
    help = "Seal what is new and write all seals, one JSON object a line; `verify_audit --against FILE` compares."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--since", type=int, default=0, help="only seals after this number")

    def handle(self, *args: Any, file: Path, since: int, as_json: bool, **options: Any) -> None:
        rows = seal(at=timezone.now())
        head, written = "", 0
        making = file.with_name(file.name + ".part")
        with making.open("w", encoding="utf-8") as out:
            for one in exported_seals(since=since):
                out.write(json.dumps(one) + "\n")
                head, written = one["digest"], written + 1
            out.flush()
            os.fsync(out.fileno())
        making.replace(file)
        if as_json:
            self.emit({"file": str(file), "seals": written, "sealed_now": rows, "head": head})
        else:
            self.stdout.write(f"{written} seals in {file}. Head: {head}")
