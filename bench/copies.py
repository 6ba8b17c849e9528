"""A roll larger than one is written: copies of a synthetic roll, by INSERT … SELECT with other keys.

A million people written one by one take a quarter of an hour, most of it names and encryption that no benchmark
reads. A copy has its own people, homes, benefits and ways of being paid; names, dates and ciphertexts are those of
the first (so a copied number cannot be decrypted before `seal` has encrypted it for its own row), and no audit is
written for it. Keys of one copy follow each other, as those of a roll do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper

from common.fields import EncryptedTextField

# Parents before children, each with the columns that hold keys of these tables.
TABLES: dict[str, dict[str, str]] = {
    "beneficiaries_person": {},
    "beneficiaries_residence": {"person_id": "beneficiaries_person"},
    "beneficiaries_entitlement": {
        "person_id": "beneficiaries_person",
        "linked_person_id": "beneficiaries_person",
    },
    "beneficiaries_child": {"entitlement_id": "beneficiaries_entitlement"},
    "beneficiaries_payoutmethod": {"person_id": "beneficiaries_person"},
    "beneficiaries_payee": {"person_id": "beneficiaries_person"},
    "beneficiaries_obstacle": {"person_id": "beneficiaries_person"},
}
# Unique columns that are no keys of these tables, and what a copy holds instead.
ANEW = {
    "uuid": "gen_random_uuid()",
    "national_id_index": "sha256(t.national_id_index || convert_to(%(copy)s::text, 'UTF8'))",
}


def multiply(copies: int) -> None:
    """Have the roll `copies` times, itself included; what is derived from the rows is made at the end."""
    with connection.cursor() as cursor, _bare_tables(cursor):
        spans = {table: _largest_key(cursor, table) for table in TABLES}
        statements = [_copying(cursor, table) for table in TABLES]
        for copy in range(1, copies):
            shifts = {table: span * copy for table, span in spans.items()}
            for statement in statements:
                cursor.execute(
                    statement, {"copy": copy, **shifts, **{f"upto_{t}": s for t, s in spans.items()}}
                )
        for table in TABLES:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")


@contextmanager
def _bare_tables(cursor: CursorWrapper) -> Iterator[None]:
    """The tables with nothing but their rows and primary keys; everything else is made again from what they hold."""
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = ANY (%s::regclass[]) AND contype IN ('f', 'u', 'x') ORDER BY contype DESC",
        [list(TABLES)],
    )
    constraints = cursor.fetchall()
    cursor.execute(
        "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE i.indrelid = ANY (%s::regclass[]) AND NOT EXISTS "
        "(SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))",
        [list(TABLES)],
    )
    indexes = cursor.fetchall()
    for table, name, _definition in constraints:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _definition in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(f"ANALYZE {table}")
    for _name, definition in indexes:
        cursor.execute(definition)
    for table, name, definition in constraints:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def _copying(cursor: CursorWrapper, table: str) -> str:
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [table],
    )
    columns = [row[0] for row in cursor.fetchall()]
    keys = TABLES[table] | {"id": table}
    values = [
        f"t.{column} + %({keys[column]})s" if column in keys else ANEW.get(column, f't."{column}"')
        for column in columns
    ]
    names = ", ".join(f'"{column}"' for column in columns)
    return (
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {', '.join(values)} FROM {table} t "
        f"WHERE t.id <= %(upto_{table})s ORDER BY t.id"
    )


def seal(copies: int) -> None:
    """Encrypt the copies' numbers anew, each for its own row, so that pages can show them."""
    models = [model for model in apps.get_models() if model._meta.db_table in TABLES]
    fields = [f for model in models for f in model._meta.get_fields() if isinstance(f, EncryptedTextField)]
    with connection.cursor() as cursor:
        for field in fields:
            _seal(cursor, field, copies)


def _seal(cursor: CursorWrapper, field: EncryptedTextField, copies: int) -> None:
    name, table = field.column, field.model._meta.db_table
    span = _largest_key(cursor, table) // copies
    cursor.execute(f"SELECT id, uuid, {name} FROM {table} WHERE id <= %s AND {name} IS NOT NULL", [span])
    plain = {row: field.decrypt_stored(stored, uuid) for row, uuid, stored in cursor.fetchall()}
    cursor.execute(f"SELECT id, uuid FROM {table} WHERE id > %s AND {name} IS NOT NULL", [span])
    rows = cursor.fetchall()
    cursor.execute("CREATE TEMPORARY TABLE sealed (id bigint, value bytea)")
    with cursor.copy("COPY sealed FROM STDIN") as writer:
        for row, uuid in rows:
            writer.write_row((row, field.encrypt(plain[(row - 1) % span + 1], uuid)))
    cursor.execute(f"UPDATE {table} t SET {name} = s.value FROM sealed s WHERE s.id = t.id")
    cursor.execute("DROP TABLE sealed")


def _largest_key(cursor: CursorWrapper, table: str) -> int:
    cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
    largest: int = cursor.fetchone()[0]
    return largest
