-- Benefits on the cycle's lists, those that were not on the lists before it, and those that are no more, with the reason.
-- Reads the temporary table money_line. Inputs: month (the cycle), before (the cycle before it, or null: then nothing is
-- told as new), low_before, high_before (its payments' ids). Adds rows of 'listed': a benefit of the month itself is
-- one line; amount is its đồng a month. Invariant: listed before + new - gone = listed, for each category.
-- The caller has removed the cycle's figures before.
WITH here AS (
    SELECT DISTINCT ON (entitlement_id) entitlement_id, category_id, commune_id, unit_id, scheme, amount
    FROM money_line
    WHERE kind = 'regular'
    ORDER BY entitlement_id, for_month DESC
),

before AS (
    SELECT DISTINCT ON (l.entitlement_id) l.entitlement_id, p.commune_id, p.batch_id, l.amount
    FROM payments_line l
    JOIN payments_payment p ON p.id = l.payment_id AND p.outcome IS DISTINCT FROM 'withdrawn'
    WHERE l.payment_id >= %(low_before)s AND l.payment_id < %(high_before)s
      AND p.id >= %(low_before)s AND p.id < %(high_before)s AND l.kind = 'regular'
    ORDER BY l.entitlement_id, l.for_month DESC
),

told AS (
    SELECT concat(category_id, '/=') AS key, commune_id, unit_id, scheme, amount FROM here
    UNION ALL
    SELECT concat(h.category_id, '/+'), h.commune_id, h.unit_id, h.scheme, h.amount
    FROM here h
    WHERE %(before)s::date IS NOT NULL AND NOT EXISTS (SELECT FROM before b WHERE b.entitlement_id = h.entitlement_id)
    UNION ALL
    SELECT
        concat(e.category_id, '/-', CASE WHEN e.last_month < %(month)s THEN e.end_reason ELSE 'held' END),
        b.commune_id, a.unit_id, a.scheme, b.amount
    FROM before b
    JOIN payments_batch a ON a.id = b.batch_id
    JOIN beneficiaries_entitlement e ON e.id = b.entitlement_id
    WHERE NOT EXISTS (SELECT FROM here h WHERE h.entitlement_id = b.entitlement_id)
)

INSERT INTO reports_figure (
    snapshot_id, part, key, commune_id, unit_id, scheme, people, covered, amount, amount_cashless, months
)
SELECT %(month)s, 'listed', key, commune_id, unit_id, scheme, count(*), 0, sum(amount), 0, count(*)
FROM told
GROUP BY key, commune_id, unit_id, scheme
