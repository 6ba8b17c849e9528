-- Totals of a round's batches, once its last slice is done. Inputs: low and high, the round's payment ids: a range of
-- the primary key. Materialized: a plan from statistics older than the round would add up the payments for each batch.
WITH totals AS MATERIALIZED (
    SELECT p.batch_id, count(*) AS count, sum(p.amount) AS amount
    FROM payments_payment p
    WHERE p.id >= %(low)s AND p.id < %(high)s
    GROUP BY p.batch_id
)
UPDATE payments_batch b SET count = t.count, amount = t.amount
FROM totals t
WHERE b.id = t.batch_id
