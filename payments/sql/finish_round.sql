-- Totals of a round's batches, once its last slice is done. Inputs: low and high, the round's payment ids: a range of
-- the primary key, so that no statistics older than the round can mislead the plan.
UPDATE payments_batch b SET count = t.count, amount = t.amount
FROM (
    SELECT p.batch_id, count(*) AS count, sum(p.amount) AS amount
    FROM payments_payment p
    WHERE p.id >= %(low)s AND p.id < %(high)s
    GROUP BY p.batch_id
) AS t
WHERE b.id = t.batch_id
