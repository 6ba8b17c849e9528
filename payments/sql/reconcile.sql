-- Two-sided proof of a cycle: our settled payments against the providers' statements. Inputs: month, low and high
-- (the cycle's payment ids). Every payment that reached someone, and every statement line, is in exactly one class.
-- A payment returned before the close is expected on the statement twice: paid and returned.
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
        coalesce(e.provider_id, r.provider_id) AS provider_id, e.unit_id, e.amount AS expected, r.amount AS reported,
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
    provider_id AS provider, unit_id AS unit, class, count(*)::int AS count,
    coalesce(sum(expected), 0)::bigint AS expected, coalesce(sum(reported), 0)::bigint AS reported
FROM classed
GROUP BY provider_id, unit_id, class
ORDER BY provider_id, unit_id, class
