"""What no code can be trusted with alone: history never changes (I3), a closed cycle refuses writes (I9)."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION payments_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments_event
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments_adjustment
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_change();
"""

CLOSED = """
CREATE FUNCTION payments_refuse_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed date;
    touched text := CASE WHEN TG_OP = 'DELETE' THEN 'old_rows' ELSE 'new_rows' END;
BEGIN
    EXECUTE format(TG_ARGV[0], touched) INTO closed;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'cycle % is closed: % on % refused', to_char(closed, 'YYYY-MM'), TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
"""

# The batches of a cycle pass to 'closed' just before the cycle row does, in the same transaction.
CYCLE_OF = {
    "payments_round": "SELECT c.month FROM %s r JOIN payments_cycle c ON c.month = r.cycle_id "
    "WHERE c.state = ''closed'' LIMIT 1",
    "payments_batch": "SELECT c.month FROM %s b JOIN payments_round r ON r.id = b.round_id "
    "JOIN payments_cycle c ON c.month = r.cycle_id WHERE c.state = ''closed'' LIMIT 1",
    "payments_payment": "SELECT c.month FROM %s p JOIN payments_batch b ON b.id = p.batch_id "
    "JOIN payments_round r ON r.id = b.round_id JOIN payments_cycle c ON c.month = r.cycle_id "
    "WHERE c.state = ''closed'' LIMIT 1",
    "payments_line": "SELECT c.month FROM (SELECT DISTINCT payment_id / 10000000000000 AS head FROM %s) l "
    "JOIN payments_cycle c ON extract(year FROM c.month) * 100 + extract(month FROM c.month) = l.head "
    "WHERE c.state = ''closed'' LIMIT 1",
}


def closed_triggers() -> str:
    parts = [CLOSED]
    for table, query in CYCLE_OF.items():
        for operation, rows in (
            ("INSERT", "REFERENCING NEW TABLE AS new_rows"),
            ("UPDATE", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("DELETE", "REFERENCING OLD TABLE AS old_rows"),
        ):
            parts.append(
                f"CREATE TRIGGER closed_cycle_{operation.lower()} AFTER {operation} ON {table} {rows} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_closed('{query}');"
            )
    return "\n".join(parts)


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL(closed_triggers(), migrations.RunSQL.noop),
    ]
