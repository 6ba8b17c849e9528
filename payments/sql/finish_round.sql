-- Totals of a round's batches, once its last slice is done. Input: round_id.
UPDATE payments_batch b SET count = t.count, amount = t.amount
FROM (
    SELECT p.batch_id, count(*) AS count, sum(p.amount) AS amount
    FROM payments_payment p
    JOIN payments_batch own ON own.id = p.batch_id AND own.round_id = %(round_id)s
    GROUP BY p.batch_id
) AS t
WHERE b.id = t.batch_id
