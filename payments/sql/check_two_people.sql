-- I5: approver and preparer differ, and what was approved is what was released and what was withdrawn in between.
WITH withdrawn AS (
    SELECT p.batch_id, count(*) AS count, sum(p.amount) AS amount
    FROM payments_payment p
    JOIN payments_event w ON w.payment_id = p.id AND w.to_state = 'withdrawn'
    WHERE w.id > (SELECT max(id) FROM payments_event a WHERE a.batch_id = p.batch_id AND a.to_state = 'approved')
      AND w.id < (SELECT max(id) FROM payments_event r WHERE r.batch_id = p.batch_id AND r.to_state = 'released')
    GROUP BY p.batch_id
)

SELECT count(*)::int AS rows, count(*) FILTER (
    WHERE b.approved_by_id = b.prepared_by_id
       OR b.released_count + coalesce(w.count, 0) <> b.approved_count
       OR b.released_amount + coalesce(w.amount, 0) <> b.approved_amount
)::int AS broken
FROM payments_batch b
LEFT JOIN withdrawn w ON w.batch_id = b.id
WHERE b.approved_by_id IS NOT NULL
