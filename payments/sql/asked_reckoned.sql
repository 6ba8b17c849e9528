-- The (entitlement, month) pairs that one cycle was the last to reckon, whose facts have not changed since.
-- Columns as in asked.sql. Inputs: month, last_month. Regular rounds reckon the cycle's months; look-backs reckon from their month on.
-- People who wait in the queue are left out: the next round will reckon them anew.
WITH looked_back AS (
    SELECT r.cycle_id, k.person_id, min(k.from_month) AS from_month
    FROM payments_reckoned k
    JOIN payments_round r ON r.id = k.round_id AND r.state = 'done'
    GROUP BY r.cycle_id, k.person_id
),

here AS (
    SELECT e.id, e.person_id, m.month::date AS month
    FROM beneficiaries_entitlement e
    CROSS JOIN generate_series(%(month)s::date, %(last_month)s::date, interval '1 month') AS m (month)
    WHERE e.from_month <= m.month AND (e.last_month IS NULL OR e.last_month >= m.month)
      AND EXISTS (SELECT FROM payments_round r WHERE r.cycle_id = %(month)s AND r.number = 0 AND r.state = 'done')
    UNION
    SELECT e.id, e.person_id, m.month::date
    FROM looked_back b
    JOIN beneficiaries_entitlement e USING (person_id)
    CROSS JOIN generate_series(b.from_month, %(last_month)s::date, interval '1 month') AS m (month)
    WHERE b.cycle_id = %(month)s
)

SELECT e.*, h.month, true AS looked_back
FROM here h
JOIN beneficiaries_entitlement e ON e.id = h.id
WHERE NOT EXISTS (SELECT FROM beneficiaries_reckon q WHERE q.person_id = h.person_id)
  AND NOT EXISTS (
      SELECT FROM looked_back later
      WHERE later.person_id = h.person_id AND later.cycle_id > %(month)s AND later.from_month <= h.month
  )
