-- What recovery decisions take from the payments of this slice, oldest month first (rules A02, A04).
-- Reads: balance; the temporary table owed, to which it adds negative rows. Inputs: month, keep (đồng).
-- Taken is never more than was decided for the month and not taken yet, than is still overpaid, than the decision allows
-- from one payment, nor so much that less than `keep` is left. Safe to repeat: lines already taken count.
INSERT INTO owed
WITH decided AS (
    SELECT i.entitlement_id, i.for_month, sum(i.amount) AS amount
    FROM payments_overpaiddecision d
    JOIN payments_overpaiditem i ON i.decision_id = d.id
    WHERE d.kind = 'recover' AND d.confirmed_by_id IS NOT NULL AND d.from_month <= %(month)s
    GROUP BY i.entitlement_id, i.for_month
),

taken AS (
    SELECT l.entitlement_id, l.for_month, -sum(l.amount) AS amount
    FROM decided d
    JOIN payments_line l ON l.entitlement_id = d.entitlement_id AND l.for_month = d.for_month AND l.kind = 'recovery'
    JOIN payments_payment p ON p.id = l.payment_id AND (p.outcome IS NULL OR p.outcome = 'paid')
    GROUP BY l.entitlement_id, l.for_month
),

open AS (
    SELECT b.*, least(d.amount - coalesce(t.amount, 0), -b.delta) AS amount
    FROM balance b
    JOIN decided d ON d.entitlement_id = b.entitlement_id AND d.for_month = b.month
    LEFT JOIN taken t ON t.entitlement_id = b.entitlement_id AND t.for_month = b.month
    WHERE b.delta < 0 AND d.amount > coalesce(t.amount, 0)
),

paying AS (
    SELECT person_id, scheme, sum(delta) AS amount FROM owed GROUP BY person_id, scheme
),

limits AS (
    SELECT p.person_id, p.scheme, least(p.amount - %(keep)s, min(d.limit), floor(p.amount * min(d.share) / 100)) AS amount
    FROM paying p
    JOIN payments_overpaiddecision d ON d.person_id = p.person_id AND d.scheme = p.scheme
        AND d.kind = 'recover' AND d.confirmed_by_id IS NOT NULL AND d.cancelled_at IS NULL
        AND d.from_month <= %(month)s
    GROUP BY p.person_id, p.scheme, p.amount
),

running AS (
    SELECT o.*, l.amount AS most, sum(o.amount) OVER (
        PARTITION BY o.person_id, o.scheme ORDER BY o.month, o.entitlement_id
    ) - o.amount AS before
    FROM open o
    JOIN limits l USING (person_id, scheme)
)

SELECT
    entitlement_id, person_id, scheme, category_id, category_kind, month, due, adjusted, live, 0 AS undelivered,
    -least(amount, most - before)::bigint AS delta, false AS lacks_rate
FROM running
WHERE most > before
