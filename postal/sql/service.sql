-- What the Post delivered of a month: one row a pay point. Inputs: month, communes (ids).
-- `people` and `amount` (đồng) on the lists without those stopped, `paid` of them, home deliveries, the sum of the days
-- from the release of the list to the day of collection, and the last reason marked for whoever did not collect.
WITH listed AS (
    SELECT
        d.point_id, d.place, p.id, p.amount, p.outcome, p.outcome_on, p.batch_id,
        (
            SELECT m.reason FROM postal_mark m
            WHERE m.payment_id = p.id AND m.kind = 'not_paid' ORDER BY m.marked_at DESC, m.id DESC LIMIT 1
        ) AS reason
    FROM postal_payday d
    JOIN postal_listing l ON l.pay_day_id = d.id
    JOIN payments_payment p ON p.id = l.payment_id
    WHERE d.month = %(month)s AND p.commune_id = ANY (%(communes)s::bigint[])
        AND p.outcome IS DISTINCT FROM 'withdrawn'
),

released AS (
    SELECT e.batch_id, max(e.at) AS at
    FROM payments_event e
    WHERE e.to_state = 'released' AND e.batch_id IN (SELECT batch_id FROM listed)
    GROUP BY e.batch_id
)

SELECT
    point.id AS point, point.name, unit.id AS commune, unit.name AS commune_name, payer.name AS unit_name,
    count(*)::int AS people, sum(l.amount)::bigint AS amount,
    count(*) FILTER (WHERE l.outcome = 'paid')::int AS paid,
    coalesce(sum(l.amount) FILTER (WHERE l.outcome = 'paid'), 0)::bigint AS paid_amount,
    count(*) FILTER (WHERE l.place = 'home' AND l.outcome = 'paid')::int AS home,
    coalesce(sum(
        greatest(l.outcome_on - (r.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, 0)
    ) FILTER (WHERE l.outcome = 'paid'), 0)::int AS days,
    count(*) FILTER (WHERE l.outcome IS DISTINCT FROM 'paid' AND l.reason = 'absent')::int AS absent,
    count(*) FILTER (WHERE l.outcome IS DISTINCT FROM 'paid' AND l.reason = 'moved')::int AS moved,
    count(*) FILTER (WHERE l.outcome IS DISTINCT FROM 'paid' AND l.reason = 'died')::int AS died,
    count(*) FILTER (WHERE l.outcome IS DISTINCT FROM 'paid' AND l.reason = 'refused')::int AS refused,
    count(*) FILTER (WHERE l.outcome IS DISTINCT FROM 'paid' AND l.reason IN ('wrong_person', 'other'))::int AS other
FROM listed l
JOIN postal_paypoint point ON point.id = l.point_id
JOIN areas_unit unit ON unit.id = point.commune_id
LEFT JOIN areas_unit payer ON payer.id = unit.paying_unit_id
LEFT JOIN released r ON r.batch_id = l.batch_id
GROUP BY point.id, unit.id, payer.id
ORDER BY payer.name, unit.name, point.name, point.id
