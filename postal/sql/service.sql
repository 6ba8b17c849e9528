-- What the Post delivered of a month: one row a pay point. Inputs: month, communes (ids).
-- `people` and `amount` (đồng) on the lists without those stopped, `paid` of them, home deliveries, the sum of the days
-- from the release of the list to the day of collection, and the last reason marked for whoever did not collect.
WITH listed AS (
    SELECT d.id AS pay_day_id, d.point_id, d.place, t.batch_id, t.outcome, t.outcome_on, t.people, t.amount
    FROM postal_payday d
    JOIN postal_tally t ON t.pay_day_id = d.id
    WHERE d.month = %(month)s AND t.commune_id = ANY (%(communes)s::bigint[]) AND t.outcome <> 'withdrawn'
),

released AS (
    SELECT e.batch_id, (max(e.at) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day
    FROM payments_event e
    WHERE e.to_state = 'released' AND e.batch_id IN (SELECT batch_id FROM listed)
    GROUP BY e.batch_id
),

delivered AS (
    SELECT
        l.point_id, sum(l.people)::int AS people, sum(l.amount)::bigint AS amount,
        coalesce(sum(l.people) FILTER (WHERE l.outcome = 'paid'), 0)::int AS paid,
        coalesce(sum(l.amount) FILTER (WHERE l.outcome = 'paid'), 0)::bigint AS paid_amount,
        coalesce(sum(l.people) FILTER (WHERE l.place = 'home' AND l.outcome = 'paid'), 0)::int AS home,
        coalesce(
            sum(l.people * greatest(l.outcome_on - r.day, 0)) FILTER (WHERE l.outcome = 'paid'), 0
        )::int AS days
    FROM listed l
    LEFT JOIN released r ON r.batch_id = l.batch_id
    GROUP BY l.point_id
    HAVING sum(l.people) > 0
),

-- Few are marked so: they are looked at one by one.
last_reason AS (
    SELECT DISTINCT ON (m.payment_id) m.payment_id, d.point_id, m.reason
    FROM (SELECT DISTINCT pay_day_id, point_id FROM listed) AS d
    JOIN postal_mark m ON m.pay_day_id = d.pay_day_id AND m.kind = 'not_paid'
    ORDER BY m.payment_id, m.marked_at DESC, m.id DESC
),

reasons AS (
    SELECT
        m.point_id,
        count(*) FILTER (WHERE m.reason = 'absent')::int AS absent,
        count(*) FILTER (WHERE m.reason = 'moved')::int AS moved,
        count(*) FILTER (WHERE m.reason = 'died')::int AS died,
        count(*) FILTER (WHERE m.reason = 'refused')::int AS refused,
        count(*) FILTER (WHERE m.reason IN ('wrong_person', 'other'))::int AS other
    FROM last_reason m
    JOIN payments_payment p ON p.id = m.payment_id AND p.commune_id = ANY (%(communes)s::bigint[])
        AND (p.outcome IS NULL OR p.outcome NOT IN ('paid', 'withdrawn'))
    GROUP BY m.point_id
)

SELECT
    point.id AS point, point.name, unit.id AS commune, unit.name AS commune_name, payer.name AS unit_name,
    d.people, d.amount, d.paid, d.paid_amount, d.home, d.days,
    coalesce(r.absent, 0) AS absent, coalesce(r.moved, 0) AS moved, coalesce(r.died, 0) AS died,
    coalesce(r.refused, 0) AS refused, coalesce(r.other, 0) AS other
FROM delivered d
JOIN postal_paypoint point ON point.id = d.point_id
JOIN areas_unit unit ON unit.id = point.commune_id
LEFT JOIN areas_unit payer ON payer.id = unit.paying_unit_id
LEFT JOIN reasons r ON r.point_id = d.point_id
ORDER BY payer.name, unit.name, point.name, point.id
