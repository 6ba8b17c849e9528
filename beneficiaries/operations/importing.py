"""Import a roll from a file: read, check, apply, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from beneficiaries.operations import kept_rows
from beneficiaries.operations.kept_rows import Found, KeptRows
from beneficiaries.operations.roll import Difference, apply_staged, lookalikes, stage
from beneficiaries.roll.columns import HEADERS
from beneficiaries.roll.problem import Problem
from beneficiaries.roll.reading import RollReader
from beneficiaries.roll.row import RollRow
from beneficiaries.roll.sheets import Conversion, SheetTitles

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Rows of people seen, and what became of them; `refused_file` where the bad rows kept out the good ones.

    `judged` is a digest of what became of each row, `seal` that of the rows kept, where they were asked for.
    """

    rows: int
    new: int
    changed: int
    unchanged: int
    refused: int
    errors: list[Problem]
    warnings: list[Problem]
    refused_file: bool = False
    differences: list[Difference] = field(default_factory=list)
    conversions: list[Conversion] = field(default_factory=list)
    sheets: dict[str, SheetTitles] = field(default_factory=dict)
    judged: str = ""
    seal: str = ""


@transaction.atomic
def import_roll(
    *,
    path: Path,
    settled_before: date,
    settled_known: bool,
    today: date,
    dry_run: bool = False,
    all_or_nothing: bool = False,
    first_load: bool = False,
    progress: Progress | None = None,
    units: frozenset[int] | None = None,
    describe: int = 0,
    kept: KeptRows | None = None,
) -> ImportResult:
    """Take the good rows of a roll and name the bad ones; see `apply_roll` for what a row does.

    `settled_before` is the first month to pay of rows that have no "paid through" of their own; `today` is the day
    from which moves and changed payout methods count. `all_or_nothing` takes nothing where a row is bad, `dry_run`
    takes nothing at all. `units`, where given, are the communes whose roll it is: rows of others are refused;
    `describe` is how many changes of fields are told. `progress` hears rows done and rows in the sheet (0 where
    unknown). `kept`, where given, is where the rows read wait for a second call, which then need not read the file.
    Raises UnreadableFile, and then nothing was written.
    """
    reader = RollReader(
        path, settled_before=settled_before, settled_known=settled_known, today=today, units=units
    )
    rules = (settled_before, settled_known, today, None if units is None else sorted(units))
    with connection.cursor() as cursor:
        found, seal = _staged(cursor, reader, path, rules, kept, progress)
        applied = apply_staged(
            cursor,
            first_load=first_load,
            changes_from=today,
            units=units,
            describe=describe,
            write=not dry_run,
        )
        if applied.new and not first_load:
            applied.warnings = lookalikes(cursor)
    errors = found.errors + [_in_the_files_words(problem) for problem in applied.errors]
    refuse = all_or_nothing and bool(errors)
    if dry_run or refuse:
        transaction.set_rollback(True)
    return ImportResult(
        rows=found.seen,
        new=0 if refuse else applied.new,
        changed=0 if refuse else applied.changed,
        unchanged=0 if refuse else applied.unchanged,
        refused=found.seen if refuse else found.refused + applied.refused,
        errors=sorted(errors, key=lambda problem: (problem.sheet, problem.row)),
        warnings=sorted(
            found.warnings + [_in_the_files_words(problem) for problem in applied.warnings],
            key=lambda problem: (problem.sheet, problem.row),
        ),
        refused_file=refuse,
        differences=applied.differences,
        conversions=found.conversions,
        sheets=found.titles,
        judged=applied.judged,
        seal=seal,
    )


def _staged(
    cursor: CursorWrapper,
    reader: RollReader,
    path: Path,
    rules: tuple[object, ...],
    kept: KeptRows | None,
    progress: Progress | None,
) -> tuple[Found, str]:
    """Put the rows into the staging table, from the file or as they were kept: what was found, and the seal of the
    rows that are kept now."""
    if kept is None:
        stage(cursor, _watched(reader, progress))
        return Found.of(reader), ""
    key = kept_rows.key_of(cursor, path, rules)
    found = kept_rows.take(cursor, kept, key)
    if found is not None:
        if progress:
            progress(found.seen, found.seen)
        return found, kept.seal
    stage(cursor, _watched(reader, progress))
    found = Found.of(reader)
    return found, kept_rows.keep(cursor, kept.path, key, found)


def _watched(reader: RollReader, progress: Progress | None) -> Iterator[RollRow]:
    for row in reader.rows():
        if progress and reader.seen % 500 == 0:
            progress(reader.seen, reader.total)
        yield row


def _in_the_files_words(problem: Problem) -> Problem:
    return replace(problem, column=HEADERS.get(problem.column, problem.column))
