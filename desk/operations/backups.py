"""Backup and restore: the database, the files, and a manifest by which a restored ledger proves to be the original's.

The dump and the digests of its tables are taken from one snapshot, while work goes on. Keys are never in a backup: the
manifest names the ids of those that it needs, and a fingerprint of the key of the blind indexes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from beneficiaries.models import PayoutMethod, Person
from common.crypto import key_id_of

DUMP, FILES, MANIFEST = "database.dump", "files.tar", "manifest.json"
Digests = dict[str, list[str]]


class BackupFailed(Exception):
    """Nothing was made, or nothing was restored; the message says why."""


def make_backup(*, folder: Path, at: datetime) -> dict[str, Any]:
    """Write a backup into a new folder, complete or not at all; its manifest. Raises BackupFailed."""
    if folder.exists():
        raise BackupFailed(f"{folder} exists already: a backup is never written over another.")
    making = folder.with_name(folder.name + ".part")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700, parents=True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        _program(
            "pg_dump", "--format=custom", f"--snapshot={cursor.fetchone()[0]}", f"--file={making / DUMP}"
        )
        tables, keys = _digests(cursor), _keys()
    _pack(making / FILES)
    manifest = {
        "at": at.isoformat(),
        "sha256": {name: _sha256(making / name) for name in (DUMP, FILES)},
        "keys": keys,
        "tables": tables,
    }
    (making / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    making.rename(folder)
    return manifest


def restore_backup(*, folder: Path, database: str, files: Path | None) -> dict[str, Any]:
    """Restore into a database that has no table yet (made if missing) and, unless None, into a folder for the files.

    Returns the manifest after proving that every table is the original's. Raises BackupFailed: the backup is damaged,
    needs other keys, its target is not empty, or what stands there afterwards differs.
    """
    manifest = _read_manifest(folder)
    for name, expected in manifest["sha256"].items():
        if _sha256(folder / name) != expected:
            raise BackupFailed(f"{folder / name} is damaged: its hash is not the manifest's.")
    _refuse_without_keys(manifest["keys"])
    if files is not None and files.exists() and any(files.iterdir()):
        raise BackupFailed(f"{files} is not empty: nothing is restored over other files.")
    _have_database(database)
    with working_on(database), connection.cursor() as cursor:
        if _tables(cursor):
            raise BackupFailed(f"The database {database} has tables: nothing is restored over them.")
        _program(
            "pg_restore",
            "--no-owner",
            "--no-comments",
            "--exit-on-error",
            f"--dbname={database}",
            str(folder / DUMP),
        )
        differing = [
            table for table, digest in _digests(cursor).items() if manifest["tables"].get(table) != digest
        ]
        missing = sorted(manifest["tables"].keys() - set(_tables(cursor)))
    if differing or missing:
        raise BackupFailed(f"What was restored is not the original: {', '.join(differing + missing)}.")
    if files is not None:
        files.mkdir(parents=True, exist_ok=True)
        with tarfile.open(folder / FILES) as packed:
            packed.extractall(files, filter="data")
    return manifest


@contextmanager
def working_on(database: str) -> Iterator[None]:
    """The default connection speaks with another database of the same server inside the block."""
    original = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackupFailed(f"{folder} is no backup: {error}") from error
    return content


def _keys() -> dict[str, Any]:
    """The ids of the keys under which anything is encrypted now, and the blind indexes' fingerprint."""
    stored = [
        *Person.objects.filter(national_id__isnull=False).values_list("national_id", flat=True).iterator(),
        *PayoutMethod.objects.filter(account__isnull=False).values_list("account", flat=True).iterator(),
    ]
    return {
        "field_keys": sorted({key_id_of(bytes(value)) for value in stored if value is not None}),
        "blind_index": _fingerprint(),
    }


def _fingerprint() -> str:
    return hmac.digest(settings.BLIND_INDEX_KEY, b"backup", "sha256").hex()[:16]


def _refuse_without_keys(keys: dict[str, Any]) -> None:
    missing = sorted(set(keys["field_keys"]) - settings.FIELD_KEYS.keys())
    if missing:
        raise BackupFailed(
            f"FIELD_KEYS lacks {', '.join(missing)}: numbers in this backup could not be read."
        )
    if keys["blind_index"] != _fingerprint():
        raise BackupFailed(
            "BLIND_INDEX_KEY is another one than the backup's: nobody would be found by number."
        )


def _tables(cursor: CursorWrapper) -> list[str]:
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition "
        "AND relnamespace = 'public'::regnamespace ORDER BY relname"
    )
    return [row[0] for row in cursor.fetchall()]


def _digests(cursor: CursorWrapper) -> Digests:
    """For each table the number of its rows and a sum of their hashes, in whatever order they lie."""
    found = {}
    for table in _tables(cursor):
        cursor.execute(
            f"SELECT count(*), coalesce(sum(('x' || substr(md5(r::text), 1, 15))::bit(60)::bigint::numeric), 0) "
            f"FROM {connection.ops.quote_name(table)} AS r"
        )
        found[table] = [str(value) for value in cursor.fetchone()]
    return found


def _have_database(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")


def _pack(target: Path) -> None:
    with tarfile.open(target, "w") as packed:
        if settings.MEDIA_ROOT.exists():
            packed.add(settings.MEDIA_ROOT, arcname=".")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise BackupFailed(f"{path} cannot be read: {error}") from error


def _program(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the default connection's database."""
    where = connection.settings_dict
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PGHOST": where["HOST"],
        "PGPORT": str(where["PORT"] or 5432),
        "PGUSER": where["USER"],
        "PGPASSWORD": where["PASSWORD"] or "",
        "PGDATABASE": where["NAME"],
    }
    command = [str(settings.POSTGRES_PROGRAMS() / name), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupFailed(f"{name} failed: {done.stderr.strip()[-500:]}")
