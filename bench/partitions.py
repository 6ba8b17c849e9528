"""The tables of payments and lines cut by month, in an empty database: the shape that `bench growth` holds against
plain tables. Every key, foreign key, check, index and trigger of the plain ones is made on the partitioned ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection
from django.db.backends.utils import CursorWrapper

from payments.models import month_id_range

# The referenced before the referencing, each with the column that begins with the month.
TABLES = {"payments_payment": "id", "payments_line": "payment_id"}


def partition_by_month(heads: Iterable[int]) -> None:
    """Replace the two empty tables by partitioned ones with a partition for each month (YYYYMM in `heads`)."""
    with connection.cursor() as cursor:
        made_on_both = [statement for part in (_keys, _indexes, _triggers) for statement in part(cursor)]
        for table, column in TABLES.items():
            cursor.execute(
                f"CREATE TABLE {table}_new (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS) "
                f"PARTITION BY RANGE ({column})"
            )
        for table in reversed(TABLES):
            cursor.execute(f"DROP TABLE {table} CASCADE")
            cursor.execute(f"ALTER TABLE {table}_new RENAME TO {table}")
        for statement in made_on_both:
            cursor.execute(statement)
        for head in heads:
            for table in TABLES:
                cursor.execute(
                    f"CREATE TABLE {table}_{head} PARTITION OF {table} "
                    f"FOR VALUES FROM ({head * 10**13}) TO ({(head + 1) * 10**13})"
                )


@contextmanager
def unchecked_references() -> Iterator[None]:
    """The two tables without their foreign keys, which are made again at the end and checked over every row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND conrelid = ANY (%s::regclass[]) AND conparentid = 0",
            [list(TABLES)],
        )
        keys = cursor.fetchall()
        for table, name, _definition in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        yield
        for table, name, definition in keys:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def head_of(month: date) -> int:
    """YYYYMM of a month: the digits with which its payments begin."""
    return month_id_range(month)[0] // 10**13


def _keys(cursor: CursorWrapper) -> list[str]:
    """Primary keys, then foreign keys from these tables and to them."""
    cursor.execute(
        "SELECT format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, "
        "pg_get_constraintdef(oid)) FROM pg_constraint WHERE contype IN ('p', 'f') AND conparentid = 0 "
        "AND (conrelid = ANY (%(tables)s::regclass[]) OR confrelid = ANY (%(tables)s::regclass[])) "
        "ORDER BY contype DESC, conname",
        {"tables": list(TABLES)},
    )
    return [row[0] for row in cursor.fetchall()]


def _indexes(cursor: CursorWrapper) -> list[str]:
    cursor.execute(
        "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ANY (%s::regclass[]) AND NOT indisprimary",
        [list(TABLES)],
    )
    return [row[0] for row in cursor.fetchall()]


def _triggers(cursor: CursorWrapper) -> list[str]:
    cursor.execute(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = ANY (%s::regclass[]) AND NOT tgisinternal",
        [list(TABLES)],
    )
    return [row[0] for row in cursor.fetchall()]
