-- Postal payments of a cycle that stand on no pay day's list, by commune and way of paying, with what is missing.
-- Inputs: low and high (the cycle's payment ids), month, day, communes (ids).
SELECT
    p.commune_id AS commune, unit.name, coalesce(nullif(m.pay_at, ''), 'point') AS place,
    count(*)::int AS people, sum(p.amount)::bigint AS amount,
    bool_or(coalesce(own.point_id, main.id) IS NULL) AS lacks_point
FROM payments_payment p
JOIN payments_batch b ON b.id = p.batch_id AND b.channel = 'post'
    AND b.state IN ('funded', 'released', 'acknowledged')
JOIN areas_unit unit ON unit.id = p.commune_id
LEFT JOIN beneficiaries_payoutmethod m ON m.id = p.payout_method_id
LEFT JOIN postal_paypoint main ON main.commune_id = p.commune_id AND main.main
    AND main.valid_from <= %(day)s AND (main.valid_to IS NULL OR main.valid_to >= %(day)s)
LEFT JOIN postal_personpoint own ON own.person_id = p.person_id
    AND own.valid_from <= %(day)s AND (own.valid_to IS NULL OR own.valid_to >= %(day)s)
WHERE p.id >= %(low)s AND p.id < %(high)s AND p.outcome IS NULL
    AND p.commune_id = ANY (%(communes)s::bigint[])
    AND NOT EXISTS (SELECT FROM postal_listing l WHERE l.payment_id = p.id)
GROUP BY p.commune_id, unit.name, 3
ORDER BY unit.name, 3
