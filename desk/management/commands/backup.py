"""`manage.py backup DIR`: the database, the files and the manifest, while work goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from common.commands import JsonCommand
from desk.operations.backups import BackupFailed, make_backup


class Command(JsonCommand):
    help = "Back up the database and the files into a new folder. Keys are not in it: keep them in another place."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, as_json: bool, **options: Any) -> None:
        try:
            manifest = make_backup(folder=folder, at=timezone.now())
        except BackupFailed as error:
            raise CommandError(str(error)) from error
        rows = sum(int(count) for count, _digest in manifest["tables"].values())
        if as_json:
            self.emit(
                {
                    "folder": str(folder),
                    "tables": len(manifest["tables"]),
                    "rows": rows,
                    "keys": manifest["keys"],
                }
            )
        else:
            needed = ", ".join(manifest["keys"]["field_keys"]) or "none"
            self.stdout.write(
                f"{rows} rows of {len(manifest['tables'])} tables in {folder}. Field keys needed: {needed}."
            )
