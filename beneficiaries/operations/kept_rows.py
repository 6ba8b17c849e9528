"""The rows of a checked roll, kept until it is applied: what was read, checked and encrypted once need not be again.

They are taken only where reading the file anew could give nothing else: the same file, the same day and communes, and
reference tables in which nothing has changed. Whom the rows are about is asked of the records each time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.utils import CursorWrapper
from django.utils import translation

from beneficiaries.roll.problem import Problem
from beneficiaries.roll.reading import RollReader
from beneficiaries.roll.sheets import Conversion, SheetTitles
from common import sql

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class KeptRows:
    """Where the rows lie, and the seal under which they were kept: '' before."""

    path: Path
    seal: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What reading a roll told beside its rows."""

    seen: int
    refused: int
    errors: list[Problem]
    warnings: list[Problem]
    conversions: list[Conversion] = field(default_factory=list)
    titles: dict[str, SheetTitles] = field(default_factory=dict)

    @classmethod
    def of(cls, reader: RollReader) -> Found:
        """What a reader told that has been read to its end."""
        return cls(
            reader.seen, reader.refused, reader.errors, reader.warnings, reader.conversions, reader.titles
        )


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def key_of(cursor: CursorWrapper, path: Path, rules: Sequence[object]) -> str:
    """Of everything that decides what rows a file gives: itself, the `rules` of reading it, the reference tables, the
    language of its messages, and the shape in which rows wait."""
    tables = sql.rows(cursor, "beneficiaries", "roll_references", {})[0]["digest"]
    shape = sql.load("beneficiaries", "roll_row")
    parts = (file_digest(path), *map(str, rules), tables, settings.BIRTH_CONVENTION, settings.LIST_DAY, shape)
    return hashlib.sha256(json.dumps([*parts, translation.get_language()]).encode()).hexdigest()


def keep(cursor: CursorWrapper, path: Path, key: str, found: Found) -> str:
    """Write the staged rows of this transaction and what was found beside them; the seal to take them by."""
    path.unlink(missing_ok=True)
    digest = hashlib.sha256()
    with path.open("xb") as file:
        path.chmod(0o600)
        head = json.dumps({"key": key, **asdict(found)}, ensure_ascii=False).encode() + b"\n"
        file.write(head)
        digest.update(head)
        with cursor.copy("COPY roll_row TO STDOUT (FORMAT binary)") as copy:
            for block in copy:
                file.write(block)
                digest.update(block)
    return digest.hexdigest()


def take(cursor: CursorWrapper, kept: KeptRows, key: str) -> Found | None:
    """Put kept rows back into the staging table; None where they are not those of this key and seal."""
    if not kept.seal or not kept.path.exists() or file_digest(kept.path) != kept.seal:
        return None
    with kept.path.open("rb") as file:
        head = json.loads(file.readline())
        if head.pop("key") != key:
            return None
        cursor.execute(sql.load("beneficiaries", "roll_row"))
        with cursor.copy("COPY roll_row FROM STDIN (FORMAT binary)") as copy:
            while block := file.read(_BLOCK):
                copy.write(block)
    cursor.execute("ANALYZE roll_row")
    return _found(head)


def _found(head: dict[str, Any]) -> Found:
    return Found(
        seen=head["seen"],
        refused=head["refused"],
        errors=[Problem(**one) for one in head["errors"]],
        warnings=[Problem(**one) for one in head["warnings"]],
        conversions=[Conversion(**one) for one in head["conversions"]],
        titles={
            name: SheetTitles(sheet["row"], {int(place): title for place, title in sheet["titles"].items()})
            for name, sheet in head["titles"].items()
        },
    )
