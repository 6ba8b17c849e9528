"""Entries and seals never change. The seal's horizon: ids up to which no transaction can add a row any more."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""

# A number comes from its sequence before its row is visible. While nobody else writes (SHARE waits for no one here,
# it is refused at once), the highest id seen is one below which nothing can appear later. The application's role may
# not take the lock itself, so the function runs as the tables' owner.
HORIZON = """
CREATE FUNCTION audit_horizon(OUT table_name text, OUT upto bigint) RETURNS SETOF record
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    LOCK TABLE audit_entry, payments_event, payments_adjustment IN SHARE MODE NOWAIT;
    RETURN QUERY
        SELECT 'audit_entry', coalesce(max(id), 0) FROM audit_entry
        UNION ALL SELECT 'payments_event', coalesce(max(id), 0) FROM payments_event
        UNION ALL SELECT 'payments_adjustment', coalesce(max(id), 0) FROM payments_adjustment;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION audit_refuse_change CASCADE"),
        migrations.RunSQL(HORIZON, "DROP FUNCTION audit_horizon"),
    ]
