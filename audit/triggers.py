"""Statement-level triggers on every watched table: one set-based INSERT a statement, however many rows it touched.

A row's own trigger would cost a roll of 55,000 people several times as much. Each table has one function of its own; it
reads who is at work from the session (audit/actor.py). It runs as the tables' owner, because the application's role may
write no entry itself; nor may it hang the function on a table of its own. What pairs old rows with new ones is
parsed anew for each statement: PostgreSQL keeps with a parsed text how many rows its first run had, and a session that
changed single people before would compare every row of a roll with every other.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import connections

from audit.watched import Watched, watched_tables

_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_of_{table}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $audit$
DECLARE
    officer bigint := nullif(current_setting('ansinh.officer', true), '')::bigint;
    origin text := left(coalesce(current_setting('ansinh.source', true), ''), 120);
    at_once timestamptz := clock_timestamp();
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_entry (at, kind, table_name, row_key, person_id, batch_id, new, officer_id, source)
        SELECT at_once, 'insert', '{table}', {key}, {person}, {batch}, {whole}, officer, origin
        FROM new_rows r {join};
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_entry (at, kind, table_name, row_key, person_id, batch_id, old, officer_id, source)
        SELECT at_once, 'delete', '{table}', {key}, {person}, {batch}, {whole}, officer, origin
        FROM old_rows r {join};
    ELSE
        EXECUTE $each$
            INSERT INTO audit_entry (at, kind, table_name, row_key, person_id, batch_id, old, new, officer_id, source)
            SELECT $1, 'update', '{table}', {key}, {person}, {batch}, changed.old, changed.new, $2, $3
            FROM new_rows r
            JOIN old_rows o ON ({old_key}) = ({key}) AND o.* IS DISTINCT FROM r.*
            {join}
            CROSS JOIN LATERAL (
                SELECT
                    jsonb_object_agg(name, CASE WHEN name = ANY ({masked}) THEN '"…"' ELSE was.value END) AS old,
                    jsonb_object_agg(name, CASE WHEN name = ANY ({masked}) THEN '"…"' ELSE is_now.value END) AS new
                FROM jsonb_each(to_jsonb(o) - {ignored}) AS was (name, value)
                JOIN jsonb_each(to_jsonb(r) - {ignored}) AS is_now (name, value) USING (name)
                WHERE was.value IS DISTINCT FROM is_now.value
            ) AS changed
            WHERE changed.new IS NOT NULL
        $each$ USING at_once, officer, origin;
    END IF;
    RETURN NULL;
END $audit$;
REVOKE EXECUTE ON FUNCTION audit_of_{table}() FROM PUBLIC;
CREATE OR REPLACE TRIGGER audit_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_of_{table}();
CREATE OR REPLACE TRIGGER audit_update AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_of_{table}();
CREATE OR REPLACE TRIGGER audit_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_of_{table}();
"""
TRIGGERS = ("audit_insert", "audit_update", "audit_delete")


def watch_all(*, using: str, **_: Any) -> None:
    """Put the triggers on every watched table that exists; after each migrate, as the owner of the tables.

    The comment on `audit_entry` keeps a hash of what was installed, so that nothing is done where nothing changed.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('audit_entry') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        present = {row[0] for row in cursor.fetchall()}
        statements = [_statements(watched) for watched in watched_tables() if watched.table in present]
        digest = hashlib.sha256("".join(statements).encode()).hexdigest()
        cursor.execute("SELECT obj_description('audit_entry'::regclass)")
        if cursor.fetchone()[0] == digest:
            return
        for statement in statements:
            cursor.execute(statement)
        cursor.execute(f"COMMENT ON TABLE audit_entry IS '{digest}'")


def _statements(watched: Watched) -> str:
    masked = _array(watched.masked)
    whole = f"jsonb_strip_nulls(to_jsonb(r) - {_array(watched.ignored)})"
    for column in watched.masked:
        told = f"jsonb_build_object('{column}', '…')"
        whole = f"{whole} || CASE WHEN r.{column} IS NULL THEN '{{}}'::jsonb ELSE {told} END"
    return _FUNCTION.format(
        table=watched.table,
        key=watched.key,
        old_key=watched.key.replace("r.", "o."),
        person=watched.person,
        batch=watched.batch,
        join=watched.join,
        ignored=_array(watched.ignored),
        masked=masked,
        whole=whole,
    )


def _array(names: tuple[str, ...]) -> str:
    quoted = ", ".join(f"'{name}'" for name in names)
    return f"ARRAY[{quoted}]::text[]"
