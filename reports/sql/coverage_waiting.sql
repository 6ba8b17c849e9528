-- Who waits for the next list because a change of law reached back to months paid before. Reads: beneficiaries_reckon.
-- Input: month (the newest cycle).
-- Adds rows of 'money' with the key 'law': pairs, no đồng. The caller has removed the cycle's figures before.
WITH waiting AS (
    SELECT person_id, min(from_month) AS from_month FROM beneficiaries_reckon WHERE reason = 'rate' GROUP BY person_id
)

INSERT INTO reports_figure (
    snapshot_id, part, key, commune_id, unit_id, scheme, people, covered, amount, amount_cashless, months
)
SELECT
    %(month)s, 'money', 'law', home.commune_id, commune.paying_unit_id, c.scheme, count(DISTINCT w.person_id), 0, 0, 0, 0
FROM waiting w
JOIN beneficiaries_entitlement e ON e.person_id = w.person_id AND (e.last_month IS NULL OR e.last_month >= w.from_month)
JOIN benefits_category c ON c.code = e.category_id
JOIN beneficiaries_residence home ON home.person_id = w.person_id
    AND home.valid_from <= %(month)s AND (home.valid_to IS NULL OR home.valid_to >= %(month)s)
JOIN areas_unit commune ON commune.id = home.commune_id AND commune.paying_unit_id IS NOT NULL
GROUP BY home.commune_id, commune.paying_unit_id, c.scheme
