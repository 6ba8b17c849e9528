-- What stood open as paid too much when the cycle's figures were taken, by where people live. Reads: balance (of the
-- months up to the cycle's last). Inputs: month (the cycle), key. Adds rows of 'money' with that key: pairs and đồng.
-- The caller has removed the cycle's figures before.
INSERT INTO reports_figure (
    snapshot_id, part, key, commune_id, unit_id, scheme, people, covered, amount, amount_cashless, months
)
SELECT
    %(month)s, 'money', %(key)s, home.commune_id, commune.paying_unit_id, b.scheme,
    count(DISTINCT b.person_id), 0, sum(-b.delta), 0, 0
FROM balance b
JOIN beneficiaries_residence home ON home.person_id = b.person_id
    AND home.valid_from <= %(month)s AND (home.valid_to IS NULL OR home.valid_to >= %(month)s)
JOIN areas_unit commune ON commune.id = home.commune_id AND commune.paying_unit_id IS NOT NULL
WHERE b.delta < 0
GROUP BY home.commune_id, commune.paying_unit_id, b.scheme
