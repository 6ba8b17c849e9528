"""Encrypting stored values anew under the current key (FIELD_KEY_ID), so that an old key can be taken away.

Blind indexes have a key of their own and stay as they are. Each part is one transaction that rewrites only values
still under another key: whoever is stopped half-way runs it again, and the site goes on meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from common.fields import EncryptedTextField

PART = 500
# The key id stands in clear before the value: see common.crypto.
_KEY_ID = "convert_from(substring({column} FROM 2 FOR get_byte({column}, 0)), 'SQL_ASCII')"


def encrypted_fields() -> list[EncryptedTextField]:
    """Every encrypted column of the project."""
    return [
        field
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, EncryptedTextField)
    ]


def keys_in_use() -> dict[str, Counter[str]]:
    """How many values are stored under which key id, by `table.column`."""
    found = {}
    with connection.cursor() as cursor:
        for field in encrypted_fields():
            table, column = _names(field)
            key = _KEY_ID.format(column=column)
            cursor.execute(f"SELECT {key}, count(*) FROM {table} WHERE {column} IS NOT NULL GROUP BY 1")
            found[f"{field.model._meta.db_table}.{field.column}"] = Counter(dict(cursor.fetchall()))
    return found


def rotate(*, part: int = PART) -> Iterator[tuple[str, int]]:
    """Encrypt every value under another key anew, `part` at a time; yields (`table.column`, how many) after each part.

    Raises common.crypto.DecryptionError where a value's key is not configured or the value was altered; the parts
    before it stand.
    """
    for field in encrypted_fields():
        after = 0
        while rows := _rotate_part(field, after, part):
            after = rows[-1]
            yield f"{field.model._meta.db_table}.{field.column}", len(rows)


@transaction.atomic
def _rotate_part(field: EncryptedTextField, after: int, part: int) -> list[int]:
    """The keys of the rows rewritten, ascending: those that follow `after`, so that no part reads the others again."""
    table, column = _names(field)
    key = connection.ops.quote_name(str(field.model._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, uuid, {column} FROM {table} WHERE {column} IS NOT NULL"
            f" AND {key} > %(after)s AND {_KEY_ID.format(column=column)} <> %(current)s"
            f" ORDER BY {key} LIMIT %(part)s FOR UPDATE",
            {"current": settings.FIELD_KEY_ID, "after": after, "part": part},
        )
        rows = [
            (field.encrypt(field.decrypt_stored(bytes(stored), row), row), pk)
            for pk, row, stored in cursor.fetchall()
        ]
        cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", rows)
    return [pk for _value, pk in rows]


def _names(field: EncryptedTextField) -> tuple[str, str]:
    return (
        connection.ops.quote_name(field.model._meta.db_table),
        connection.ops.quote_name(str(field.column)),
    )
