-- Postal payments of a cycle that stand on no pay day's list, by commune and way of paying, and whether the commune has
-- no main point. Inputs: month, day, communes (ids).
SELECT
    t.commune_id AS commune, unit.name, t.place, sum(t.people)::int AS people, sum(t.amount)::bigint AS amount,
    NOT EXISTS (
        SELECT FROM postal_paypoint main
        WHERE main.commune_id = t.commune_id AND main.main
            AND main.valid_from <= %(day)s AND (main.valid_to IS NULL OR main.valid_to >= %(day)s)
    ) AS lacks_point
FROM payments_round r
JOIN payments_batch b ON b.round_id = r.id AND b.channel = 'post' AND b.state IN ('funded', 'released', 'acknowledged')
JOIN postal_tally t ON t.batch_id = b.id AND t.pay_day_id IS NULL AND t.outcome = ''
JOIN areas_unit unit ON unit.id = t.commune_id
WHERE r.cycle_id = %(month)s AND t.commune_id = ANY (%(communes)s::bigint[])
GROUP BY t.commune_id, unit.name, t.place
HAVING sum(t.people) > 0
ORDER BY unit.name, t.place
