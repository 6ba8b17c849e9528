-- What the paid marks of pay days come to. Inputs: pay_days (ids), marks and seconds (so many marks of one device within so
-- many seconds). A row without device: how many people the day's marks name. A row of a device: how many of its marks
-- followed too fast upon those before, and the clerk; none where none did.
SELECT m.pay_day_id, NULL::uuid AS device, NULL::bigint AS clerk_id, count(DISTINCT m.payment_id)::int AS people
FROM postal_mark m
WHERE m.pay_day_id = ANY (%(pay_days)s::bigint[]) AND m.kind = 'paid'
GROUP BY m.pay_day_id
UNION ALL
SELECT paid.pay_day_id, paid.device, min(paid.clerk_id), count(*)::int
FROM (
    SELECT m.pay_day_id, m.device, m.clerk_id, m.marked_at, lag(m.marked_at, %(marks)s - 1) OVER (
        PARTITION BY m.device, m.pay_day_id ORDER BY m.marked_at, m.id
    ) AS before
    FROM postal_mark m
    WHERE m.pay_day_id = ANY (%(pay_days)s::bigint[]) AND m.kind = 'paid'
) AS paid
WHERE paid.marked_at - paid.before < make_interval(secs => %(seconds)s)
GROUP BY paid.pay_day_id, paid.device
