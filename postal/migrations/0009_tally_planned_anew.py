"""Which batches turned is asked by EXECUTE, and so planned for as many as the statement has: the plan that a session kept
from its first, single batch compares each of a province's thousand batches with every other."""

from django.db import migrations

BEGIN = """
CREATE OR REPLACE FUNCTION postal_begin_tally() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    turned bigint[];
    begun bigint[];
BEGIN
    EXECUTE $sql$
        SELECT array_agg(id), array_agg(id) FILTER (WHERE now)
        FROM (
            SELECT
                b.id,
                b.channel = 'post' AND b.state NOT IN ('draft', 'cancelled') AS now,
                o.channel = 'post' AND o.state NOT IN ('draft', 'cancelled') AS before
            FROM new_rows b JOIN old_rows o ON o.id = b.id
        ) AS changed
        WHERE now <> before
    $sql$ INTO turned, begun;
    DELETE FROM postal_tally WHERE batch_id = ANY (turned);
    INSERT INTO postal_tally (batch_id, commune_id, pay_day_id, place, outcome, outcome_on, people, amount)
    SELECT * FROM postal_counted(begun);
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("postal", "0008_marks_counted")]
    operations = [migrations.RunSQL(BEGIN, migrations.RunSQL.noop)]
