"""A look at a number is written by a function of the tables' owner: the application's role writes no entry by itself."""

from django.db import migrations

LOOK = """
CREATE FUNCTION audit_look(
    at timestamptz, table_name text, row_key text, person bigint, what jsonb, officer bigint, source text
) RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO audit_entry (at, kind, table_name, row_key, person_id, new, officer_id, source)
    VALUES (at, 'look', table_name, row_key, person, what, officer, source)
    RETURNING id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [migrations.RunSQL(LOOK, "DROP FUNCTION audit_look")]
