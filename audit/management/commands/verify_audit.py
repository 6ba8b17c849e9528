"""`manage.py verify_audit`: is history what was sealed?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audit.queries.verifying import verify
from common.commands import JsonCommand


class Command(JsonCommand):
    help = "Find any row of history that was altered, removed or inserted since it was sealed; exit 1 if there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--against", type=Path, help="a file of `export_audit`, kept where nobody here can write"
        )

    def handle(self, *args: Any, as_json: bool, against: Path | None, **options: Any) -> None:
        exported = []
        if against:
            try:
                exported = [
                    json.loads(line) for line in against.read_text(encoding="utf-8").splitlines() if line
                ]
            except (OSError, ValueError) as error:
                raise CommandError(f"{against} cannot be read as an export: {error}") from error
        verdict = verify(exported=exported)
        if as_json:
            self.emit({"ok": not verdict.findings, **asdict(verdict)})
        else:
            for finding in verdict.findings:
                row = f" row {finding.row}" if finding.row is not None else ""
                block = f" (seal {finding.seal})" if finding.seal is not None else ""
                self.stdout.write(f"{finding.kind}: {finding.table}{row}{block}")
            self.stdout.write(
                f"{verdict.rows} rows under {verdict.seals} seals, {verdict.unsealed} not sealed yet, "
                f"{len(verdict.findings)} findings. Head: {verdict.head}"
            )
        if verdict.findings:
            sys.exit(1)
