-- Who holds, in a month, a benefit that asks for a poor household, in the communes that a list names.
-- Inputs: month, today, categories; named, places, moved (arrays, pair by pair): a commune named, one where its people
-- may live today, and whether that one followed it, so that only whoever lived in it on its last day is of it.
-- Output: entitlement_id, category_id, person_id, name_folded, commune_id, named_id: of several the one that ended.
WITH place AS (
    SELECT pair.named_id, pair.commune_id, pair.moved, unit.valid_from, unit.valid_to
    FROM unnest(%(named)s::bigint[], %(places)s::bigint[], %(moved)s::boolean[]) AS pair (named_id, commune_id, moved)
    JOIN areas_unit unit ON unit.id = pair.named_id
)

SELECT DISTINCT ON (e.id) e.id AS entitlement_id, e.category_id, e.person_id, p.name_folded, home.commune_id, place.named_id
FROM place
JOIN beneficiaries_residence home ON home.commune_id = place.commune_id
    AND home.valid_from <= %(today)s AND (home.valid_to IS NULL OR home.valid_to >= %(today)s)
JOIN beneficiaries_entitlement e ON e.person_id = home.person_id
JOIN beneficiaries_person p ON p.id = e.person_id AND p.died_on IS NULL
WHERE e.category_id = ANY (%(categories)s) AND e.from_month < %(month)s
  AND (e.last_month IS NULL OR e.last_month >= %(month)s)
  AND (NOT place.moved OR EXISTS (
      SELECT FROM beneficiaries_residence former
      WHERE former.person_id = e.person_id AND former.commune_id = place.named_id AND former.valid_to = place.valid_to
  ))
ORDER BY e.id, place.valid_from, place.named_id
