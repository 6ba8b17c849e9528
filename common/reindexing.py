"""Reckoning blind indexes anew under another BLIND_INDEX_KEY, from the encrypted values beside them.

An index under one key equals none under the other, so while both are in the database the constraints of uniqueness see
only half of it: nobody else may write meanwhile, and no part is written while anybody else is connected. Each part is
one transaction; whoever is stopped half-way runs it again, and what is done is known by its hash.

What has no value beside it (recovery codes, decisions on two alike) cannot be reckoned anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models, transaction

from common import crypto
from common.fields import BlindIndexField

PART = 500
SUFFIX = "_index"


class ReindexRefused(Exception):
    """Somebody else is connected, or an index is that of neither key; the text says which."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """An index column; `value` is the attribute that gives the text behind it, none where only the hash is kept."""

    model: type[models.Model]
    field: BlindIndexField

    @property
    def place(self) -> str:
        return f"{self.model._meta.db_table}.{self.field.column}"

    @property
    def value(self) -> str | None:
        name = self.field.attname.removesuffix(SUFFIX)
        return name if hasattr(self.model, name) else None


def indexed_columns() -> list[Indexed]:
    """Every blind index of the project, those that can be reckoned anew and the others."""
    return [
        Indexed(model, field)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, BlindIndexField)
    ]


def left_under(*, old: bytes, part: int = PART) -> Counter[str]:
    """How many indexes are still those of the key `old`, by `table.column`. Raises ReindexRefused, DecryptionError."""
    left: Counter[str] = Counter()
    for column in indexed_columns():
        after = 0
        while column.value and (rows := _rows(column, after, part)):
            left[column.place] += len(_outdated(column, rows, old))
            after = rows[-1].pk
    return left


def reindex(*, old: bytes, part: int = PART) -> Iterator[tuple[str, int]]:
    """Reckon every index of the key `old` anew, `part` rows at a time; yields (`table.column`, how many) after each.

    Raises ReindexRefused, or common.crypto.DecryptionError where a value cannot be read; the parts before it stand.
    """
    for column in indexed_columns():
        after = 0
        while column.value and (rows := _rows(column, after, part)):
            after = rows[-1].pk
            if written := _write(column, rows, old):
                yield column.place, written


@transaction.atomic
def _write(column: Indexed, rows: list[models.Model], old: bytes) -> int:
    refuse_company()
    outdated = _outdated(column, rows, old)
    name = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {name(column.model._meta.db_table)} SET {name(str(column.field.column))} = %s"
            f" WHERE {name(str(column.model._meta.pk.column))} = %s",
            [(index, pk) for pk, index in outdated],
        )
    return len(outdated)


def refuse_company() -> None:
    """Raises ReindexRefused while anybody else is connected to the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        others = cursor.fetchone()[0]
    if others:
        raise ReindexRefused(
            f"{others} other connections to the database: stop the site, worker and beat first"
        )


def _rows(column: Indexed, after: int, part: int) -> list[models.Model]:
    present = column.model._default_manager.filter(**{f"{column.field.attname}__isnull": False}, pk__gt=after)
    return list(present.order_by("pk")[:part])


def _outdated(column: Indexed, rows: list[models.Model], old: bytes) -> list[tuple[int, bytes]]:
    """Those of the rows whose index is the old key's, with the index under the key of now."""
    found = []
    for row in rows:
        plain, domain = getattr(row, str(column.value)), column.field.domain
        stored, now = (
            bytes(getattr(row, column.field.attname)),
            crypto.blind_index(plain or "", domain=domain),
        )
        if plain is None or stored not in (now, crypto.blind_index(plain, domain=domain, key=old)):
            raise ReindexRefused(f"{column.place}: row {row.pk} has an index of neither key")
        if stored != now:
            found.append((row.pk, now))
    return found
