-- The budget lines of a year: per paying unit and scheme what was allotted, and what released lists use of it, in đồng.
-- Inputs: year, units, scheme ('' for both). Only lines with an allotment. A payment uses the line from the release of its list on,
-- as long as it is under way or paid: withdrawn, failed, uncollected or returned money is free again. What the books of a
-- closed cycle learnt later stands in adjustments: returned (+) or handed out late (-).
WITH allotted AS (
    SELECT unit_id, scheme, sum(amount)::bigint AS amount
    FROM payments_allotment
    WHERE year = %(year)s AND unit_id = ANY (%(units)s) AND (%(scheme)s = '' OR scheme = %(scheme)s)
    GROUP BY unit_id, scheme
),

sent AS (
    SELECT a.unit_id, a.scheme, b.id
    FROM allotted a
    JOIN payments_batch b
        ON b.unit_id = a.unit_id AND b.scheme = a.scheme AND b.state IN ('released', 'acknowledged', 'settled', 'closed')
    JOIN payments_round r ON r.id = b.round_id
    WHERE r.cycle_id >= make_date(%(year)s, 1, 1) AND r.cycle_id <= make_date(%(year)s, 12, 1)
),

moved AS (
    SELECT s.unit_id, s.scheme, p.amount
    FROM sent s
    JOIN payments_payment p ON p.batch_id = s.id
    WHERE p.outcome IS NULL OR p.outcome = 'paid'
    UNION ALL
    SELECT s.unit_id, s.scheme, -j.amount
    FROM sent s
    JOIN payments_payment p ON p.batch_id = s.id
    JOIN payments_adjustment j ON j.payment_id = p.id AND j.kind IN ('returned', 'paid_late')
),

used AS (
    SELECT unit_id, scheme, sum(amount)::bigint AS amount FROM moved GROUP BY unit_id, scheme
)

SELECT a.unit_id AS unit, u.name, a.scheme, a.amount AS allotted, coalesce(s.amount, 0)::bigint AS used
FROM allotted a
JOIN areas_unit u ON u.id = a.unit_id
LEFT JOIN used s ON s.unit_id = a.unit_id AND s.scheme = a.scheme
ORDER BY u.code, u.valid_from, a.scheme
