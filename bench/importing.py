"""The roll import: staged rows to final tables against the floor, and what reading and encrypting cost before it.

The floor is the same rows by COPY into plain tables and INSERT … SELECT into the final ones, with every key, check
and exclusion, in one transaction, and without the audit that ours writes.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from audit.watched import watched_tables
from bench.world import World, peak_rss_mb
from beneficiaries.operations.importing import import_roll
from beneficiaries.operations.roll import apply_staged, stage
from beneficiaries.roll.reading import RollReader
from beneficiaries.roll.writing import write_roll
from common import sql
from desk.synthetic.roll import plan_roll, roll_rows

MONTH = date(2024, 12, 1)
SETTLED_BEFORE, TODAY = date(2024, 1, 1), date(2024, 12, 20)
# Parents before children.
TABLES = ("person", "residence", "entitlement", "child", "payoutmethod", "payee", "obstacle", "reckon")


def measure(world: World, *, pairs: int) -> dict[str, Any]:
    """`pairs` imports into empty tables and floors in alternation; then the whole file once, and once more."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roll.xlsx"
        write_apart(path, world)
        compared = compare(path, pairs=pairs)
        empty()
        whole, new = _whole(path)
        again, unchanged = _whole(path)
    return {
        **compared,
        "rows": new,
        "whole_seconds": round(whole, 2),
        "again_seconds": round(again, 2),
        "again_unchanged": unchanged,
        "peak_rss_mb": peak_rss_mb(),
    }


def compare(path: Path, *, pairs: int) -> dict[str, Any]:
    """`pairs` imports of the roll's file into empty tables and floors, in alternation; the tables are left filled."""
    reading, staging = _stage_once(path)
    ratios, ours, floors = [], [], []
    for _pair in range(pairs):
        empty()
        ours.append(_ours())
        files = _export(path.parent)
        empty()
        floors.append(_floor(files))
        ratios.append(ours[-1] / floors[-1])
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE staged")
    return {
        "seconds": round(statistics.median(ours), 3),
        "floor_seconds": round(statistics.median(floors), 3),
        "ratio": round(statistics.median(ratios), 2),
        "ratios": [round(ratio, 2) for ratio in ratios],
        "reading_seconds": round(reading, 2),
        "encrypting_and_staging_seconds": round(staging, 2),
    }


def write_apart(path: Path, world: World) -> None:
    """Make the file in a process of its own: what it takes is no part of an import."""
    connection.close()
    writer = os.fork()
    if writer == 0:
        write_roll(
            path, roll_rows(plan_roll(pairs=world.people, month=MONTH, seed=world.seed), seed=world.seed)
        )
        os._exit(0)
    if os.waitpid(writer, 0)[1]:
        raise RuntimeError("the roll's file could not be written")


def _reader(path: Path) -> RollReader:
    return RollReader(path, settled_before=SETTLED_BEFORE, settled_known=True, today=TODAY)


def _stage_once(path: Path) -> tuple[float, float]:
    """Seconds to read the file, and on top of it to encrypt and copy; the staged rows are kept aside."""
    started = time.perf_counter()
    for _row in _reader(path).rows():
        pass
    reading = time.perf_counter() - started
    with transaction.atomic(), connection.cursor() as cursor:
        started = time.perf_counter()
        stage(cursor, _reader(path).rows())
        staging = time.perf_counter() - started - reading
        cursor.execute("CREATE UNLOGGED TABLE staged AS SELECT * FROM roll_row")
    return reading, max(staging, 0.0)


def _ours() -> float:
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(sql.load("beneficiaries", "roll_row"))
        cursor.execute("INSERT INTO roll_row SELECT * FROM staged")
        cursor.execute("ANALYZE roll_row")
        started = time.perf_counter()
        apply_staged(cursor)
    # Deferred foreign keys are checked at the commit.
    return time.perf_counter() - started


def _export(folder: Path) -> dict[str, Path]:
    files = {table: folder / f"{table}.copy" for table in TABLES}
    with connection.cursor() as cursor:
        for table, file in files.items():
            with (
                file.open("wb") as out,
                cursor.copy(f"COPY beneficiaries_{table} TO STDOUT (FORMAT binary)") as copy,
            ):
                for block in copy:
                    out.write(block)
    return files


def _floor(files: dict[str, Path]) -> float:
    started = time.perf_counter()
    with connection.cursor() as cursor, transaction.atomic():
        _audit(cursor, "DISABLE")
        for table, file in files.items():
            cursor.execute(f"CREATE TEMPORARY TABLE same_{table} (LIKE beneficiaries_{table}) ON COMMIT DROP")
            _copy_in(cursor, f"same_{table}", file)
            cursor.execute(
                f"INSERT INTO beneficiaries_{table} OVERRIDING SYSTEM VALUE SELECT * FROM same_{table}"
            )
        # An altered table must have no checks left for the commit.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _audit(cursor, "ENABLE")
    return time.perf_counter() - started


def _audit(cursor: CursorWrapper, switch: str) -> None:
    for watched in watched_tables():
        if watched.table in {f"beneficiaries_{table}" for table in TABLES}:
            cursor.execute(f"ALTER TABLE {watched.table} {switch} TRIGGER audit_insert")


def _copy_in(cursor: CursorWrapper, table: str, file: Path) -> None:
    with file.open("rb") as source, cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
        while block := source.read(1 << 20):
            copy.write(block)


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE beneficiaries_person CASCADE")
        cursor.execute("TRUNCATE audit_entry")


def _whole(path: Path) -> tuple[float, int]:
    """Seconds for the production operation from file to commit, and how many rows were new, or else unchanged."""
    started = time.perf_counter()
    result = import_roll(path=path, settled_before=SETTLED_BEFORE, settled_known=True, today=TODAY)
    if result.errors or result.changed:
        raise RuntimeError(f"{len(result.errors)} rows were refused, {result.changed} changed")
    return time.perf_counter() - started, result.new or result.unchanged
