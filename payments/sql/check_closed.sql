-- I9: the triggers that guard closed cycles are enabled, and a closed cycle holds only closed or cancelled lists.
SELECT
    12 + (SELECT count(*) FROM payments_batch)::int AS rows,
    12 - (
        SELECT count(*) FROM pg_trigger t
        WHERE t.tgname IN ('closed_cycle_insert', 'closed_cycle_update', 'closed_cycle_delete') AND t.tgenabled <> 'D'
          AND t.tgrelid IN (
              'payments_round'::regclass, 'payments_batch'::regclass, 'payments_payment'::regclass,
              'payments_line'::regclass
          )
    )::int
    + (
        SELECT count(*) FROM payments_batch b
        JOIN payments_round r ON r.id = b.round_id
        JOIN payments_cycle c ON c.month = r.cycle_id
        WHERE c.state = 'closed' AND b.state NOT IN ('closed', 'cancelled')
    )::int AS broken
