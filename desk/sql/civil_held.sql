-- Who holds, in a month, a benefit that asks for a poor household, in the communes that a list covers.
-- Inputs: month, today, categories, communes. Output: entitlement_id, category_id, person_id, name_folded, commune_id.
SELECT e.id AS entitlement_id, e.category_id, e.person_id, p.name_folded, home.commune_id
FROM beneficiaries_entitlement e
JOIN beneficiaries_person p ON p.id = e.person_id AND p.died_on IS NULL
JOIN beneficiaries_residence home ON home.person_id = e.person_id AND home.commune_id = ANY (%(communes)s)
    AND home.valid_from <= %(today)s AND (home.valid_to IS NULL OR home.valid_to >= %(today)s)
WHERE e.category_id = ANY (%(categories)s) AND e.from_month < %(month)s
  AND (e.last_month IS NULL OR e.last_month >= %(month)s)
ORDER BY e.id
