"""The sums of the Post's lists, kept by statement-level triggers, and what they must come to.

Triggers, because outcomes are written by the engine, which knows no lists: whatever changes a payment, its sum changes
in the same statement. A batch's sums begin when it is submitted, because a draft's payments come and go in thousands.
"""

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = "batch_id, commune_id, pay_day_id, place, outcome, outcome_on"


def summed(row: str) -> str:
    return f"{row}.channel = 'post' AND {row}.state NOT IN ('draft', 'cancelled')"



COUNTED = """
CREATE FUNCTION postal_counted(batches bigint[]) RETURNS TABLE (
    batch_id bigint, commune_id bigint, pay_day_id bigint, place text, outcome text, outcome_on date,
    people bigint, amount bigint
) LANGUAGE sql STABLE AS $$
    SELECT
        p.batch_id, p.commune_id, l.pay_day_id, coalesce(nullif(m.pay_at, ''), 'point'), coalesce(p.outcome, ''),
        p.outcome_on, count(*), sum(p.amount)::bigint
    FROM payments_payment p
    LEFT JOIN postal_listing l ON l.payment_id = p.id
    LEFT JOIN beneficiaries_payoutmethod m ON m.id = p.payout_method_id
    WHERE p.batch_id = ANY (batches)
    GROUP BY 1, 2, 3, 4, 5, 6
$$;
"""

BEGIN = f"""
CREATE FUNCTION postal_begin_tally() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    turned bigint[] := ARRAY(
        SELECT b.id FROM new_rows b JOIN old_rows o ON o.id = b.id
        WHERE ({summed("b")}) <> ({summed("o")})
    );
BEGIN
    IF turned <> '{{}}' THEN
        DELETE FROM postal_tally WHERE batch_id = ANY (turned);
        INSERT INTO postal_tally ({COLUMNS}, people, amount)
        SELECT * FROM postal_counted(ARRAY(
            SELECT b.id FROM new_rows b WHERE b.id = ANY (turned) AND {summed("b")}
        ));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER postal_tally AFTER UPDATE ON payments_batch REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION postal_begin_tally();
"""

# The argument says what moved: payments that leave a sum (sign -1) and that join one (1), with their pay day.
KEEP = f"""
CREATE FUNCTION postal_keep_tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO postal_tally AS kept ({COLUMNS}, people, amount)
        SELECT
            p.batch_id, p.commune_id, p.on_list, coalesce(nullif(m.pay_at, ''), 'point'), coalesce(p.outcome, ''),
            p.outcome_on, sum(p.sign), sum(p.sign * p.amount)
        FROM (%s) AS p
        LEFT JOIN beneficiaries_payoutmethod m ON m.id = p.payout_method_id
        GROUP BY 1, 2, 3, 4, 5, 6
        HAVING sum(p.sign) <> 0 OR sum(p.sign * p.amount) <> 0
        ON CONFLICT ({COLUMNS})
        DO UPDATE SET people = kept.people + excluded.people, amount = kept.amount + excluded.amount
    $sql$, TG_ARGV[0]);
    RETURN NULL;
END $$;
"""
# What a bank pays leaves first: most of what changes, and on no list.
PAYMENTS = f"""
    SELECT p.*, l.pay_day_id AS on_list
    FROM (SELECT -1 AS sign, o.* FROM old_rows o UNION ALL SELECT 1 AS sign, n.* FROM new_rows n) AS p
    JOIN payments_batch b ON b.id = p.batch_id AND {summed("b")}
    LEFT JOIN postal_listing l ON l.payment_id = p.id
"""


def listed(*moves: str) -> str:
    return f"""
    SELECT p.*, l.sign, l.on_list
    FROM ({" UNION ALL ".join(moves)}) AS l
    JOIN payments_payment p ON p.id = l.payment_id
    JOIN payments_batch b ON b.id = p.batch_id AND {summed("b")}
"""


def move(sign: int, on_list: str, rows: str) -> str:
    return f"SELECT payment_id, {sign} AS sign, {on_list} AS on_list FROM {rows}"


BOTH = "OLD TABLE AS old_rows NEW TABLE AS new_rows"
OFF, ON = "NULL::bigint", "pay_day_id"
MOVED = (
    ("payments_payment", "UPDATE", BOTH, PAYMENTS),
    (
        "postal_listing", "INSERT", "NEW TABLE AS new_rows",
        listed(move(-1, OFF, "new_rows"), move(1, ON, "new_rows")),
    ),
    ("postal_listing", "UPDATE", BOTH, listed(move(-1, ON, "old_rows"), move(1, ON, "new_rows"))),
    (
        "postal_listing", "DELETE", "OLD TABLE AS old_rows",
        listed(move(-1, ON, "old_rows"), move(1, OFF, "old_rows")),
    ),
)  # fmt: skip


def triggers() -> str:
    parts = [COUNTED, BEGIN, KEEP]
    for table, event, tables, moved in MOVED:
        parts.append(
            f"CREATE TRIGGER postal_tally_{event.lower()} AFTER {event} ON {table} REFERENCING {tables} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION postal_keep_tally({quoted(moved)});"
        )
    return "\n".join(parts)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


FILL = f"""
INSERT INTO postal_tally ({COLUMNS}, people, amount)
SELECT * FROM postal_counted(ARRAY(SELECT b.id FROM payments_batch b WHERE {summed("b")}))
"""


def _no_constraint(to: str, **options: object) -> models.ForeignKey:
    facts = {"related_name": "+", "db_constraint": False, **options}
    return models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, to=to, **facts)


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0002_labels"),
        ("payments", "0011_line_of_arrears"),
        ("postal", "0006_notice_opens_a_request"),
    ]
    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "place",
                    models.CharField(
                        choices=[("point", "at the pay point"), ("home", "home round")],
                        max_length=5,
                        verbose_name="paid",
                    ),
                ),
                ("outcome", models.CharField(max_length=9)),
                ("outcome_on", models.DateField(null=True)),
                ("people", models.IntegerField()),
                ("amount", models.BigIntegerField()),
                ("batch", _no_constraint("payments.batch", related_name="tallies", db_index=False)),
                ("commune", _no_constraint("areas.unit", db_index=False)),
                ("pay_day", _no_constraint("postal.payday", null=True, related_name="tallies")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "commune", "pay_day", "place", "outcome", "outcome_on"),
                        name="a_tally_once",
                        nulls_distinct=False,
                    )
                ]
            },
        ),
        migrations.AddIndex(
            model_name="mark",
            index=models.Index(fields=["pay_day"], condition=models.Q(kind="not_paid"), name="mark_not_paid"),
        ),
        migrations.RunSQL(
            triggers(), "DROP FUNCTION postal_keep_tally, postal_begin_tally, postal_counted CASCADE"
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
