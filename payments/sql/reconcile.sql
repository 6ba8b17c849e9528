-- Two-sided proof of a cycle: our settled payments against the providers' statements, one row per difference or match.
-- Inputs: month, low and high (the cycle's payment ids). Every payment that reached someone, and every statement line,
-- is in exactly one class. A payment returned before the close is expected on the statement twice: paid and returned;
-- one returned after the close of its own cycle (an adjustment) is expected, returned, where its statement line stands.
WITH expected AS (
    SELECT b.provider_id, b.unit_id, p.id::text AS reference, 'paid' AS kind, p.amount
    FROM payments_payment p
    JOIN payments_batch b ON b.id = p.batch_id
    WHERE p.id >= %(low)s AND p.id < %(high)s AND p.outcome IN ('paid', 'returned')
    UNION ALL
    SELECT b.provider_id, b.unit_id, p.id::text, 'returned', p.amount
    FROM payments_payment p
    JOIN payments_batch b ON b.id = p.batch_id
    WHERE p.id >= %(low)s AND p.id < %(high)s AND p.outcome = 'returned'
    UNION ALL
    SELECT b.provider_id, b.unit_id, p.id::text, 'returned', p.amount
    FROM payments_payment p
    JOIN payments_batch b ON b.id = p.batch_id
    WHERE p.id IN (SELECT a.payment_id FROM payments_adjustment a WHERE a.kind = 'returned')
      AND p.id::text IN (
        SELECT s.reference FROM payments_statementline s WHERE s.cycle_id = %(month)s AND s.kind = 'returned'
      )
),

reported AS (
    SELECT
        s.provider_id, s.reference, s.kind, s.amount,
        row_number() OVER (PARTITION BY s.provider_id, s.reference, s.kind ORDER BY s.id) AS copy
    FROM payments_statementline s
    WHERE s.cycle_id = %(month)s
),

classed AS (
    SELECT
        coalesce(e.provider_id, r.provider_id) AS provider_id, e.unit_id,
        coalesce(e.reference, r.reference) AS reference, coalesce(e.kind, r.kind) AS kind,
        e.amount AS expected, r.amount AS reported,
        CASE
            WHEN r.reference IS NULL THEN 'missing'
            WHEN r.copy > 1 THEN 'duplicate'
            WHEN e.reference IS NULL THEN 'unexpected'
            WHEN e.amount <> r.amount THEN 'amount'
            ELSE 'matched'
        END AS class
    FROM expected e
    FULL OUTER JOIN reported r
        ON r.provider_id = e.provider_id AND r.reference = e.reference AND r.kind = e.kind AND r.copy = 1
)

SELECT
    c.provider_id, c.unit_id, c.reference, c.kind, c.expected, c.reported, c.class,
    x.resolved_at IS NOT NULL AS explained, x.text, x.owner_id
FROM classed c
LEFT JOIN payments_explanation x
    ON x.cycle_id = %(month)s AND x.provider_id = c.provider_id AND x.reference = c.reference
    AND x.kind = c.kind AND x.difference = c.class
