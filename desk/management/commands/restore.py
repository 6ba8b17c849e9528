"""`manage.py restore DIR`: a backup into an empty database, proved equal to the original, its ledger checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connection

from audit.history import refuse_changes_by_the_application
from common.commands import JsonCommand
from desk.operations.backups import BackupFailed, restore_backup, working_on
from desk.queries.ledger import check_ledger


class Command(JsonCommand):
    help = "Restore a backup into an empty database and prove that it is the original; exit 1 if it is not."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--into",
            metavar="DATABASE",
            help="a new database beside this one, for a drill: files stay packed",
        )

    def handle(self, *args: Any, folder: Path, into: str | None, as_json: bool, **options: Any) -> None:
        database = into or connection.settings_dict["NAME"]
        files = None if into else Path(settings.MEDIA_ROOT)
        try:
            manifest = restore_backup(folder=folder, database=database, files=files)
        except BackupFailed as error:
            raise CommandError(str(error)) from error
        with working_on(database):
            refuse_changes_by_the_application(using="default")
            broken = [invariant.id for invariant in check_ledger() if invariant.broken]
        rows = sum(int(count) for count, _digest in manifest["tables"].values())
        if as_json:
            self.emit(
                {
                    "database": database,
                    "tables": len(manifest["tables"]),
                    "rows": rows,
                    "equal": True,
                    "broken": broken,
                }
            )
        else:
            ledger = f"broken: {', '.join(broken)}" if broken else "whole"
            self.stdout.write(
                f"{rows} rows of {len(manifest['tables'])} tables in {database}, each table equal to the original's. "
                f"Ledger: {ledger}."
            )
        if broken:
            raise CommandError("The ledger was broken when this backup was made.")
