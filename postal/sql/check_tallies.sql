-- I11: the kept sums of the Post's lists are what they sum. Both sides of a sum that agree come to nothing.
SELECT count(*)::bigint AS rows, (count(*) FILTER (WHERE people <> 0 OR amount <> 0))::bigint AS broken
FROM (
    SELECT sum(people) AS people, sum(amount) AS amount
    FROM (
        SELECT * FROM postal_counted(ARRAY(
            SELECT id FROM payments_batch WHERE channel = 'post' AND state NOT IN ('draft', 'cancelled')
        ))
        UNION ALL
        SELECT batch_id, commune_id, pay_day_id, place, outcome, outcome_on, -people, -amount FROM postal_tally
    ) AS sides
    GROUP BY batch_id, commune_id, pay_day_id, place, outcome, outcome_on
) AS differences
