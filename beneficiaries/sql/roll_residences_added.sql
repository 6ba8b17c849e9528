-- Where new people live, and people who moved from now on: after any residence that they had.
-- Reads: roll_row, roll_person, roll_change. Input: changes_from, null for the row's own date.
INSERT INTO beneficiaries_residence (person_id, commune_id, hamlet, valid_from)
SELECT m.person_id, r.commune_id, r.hamlet, r.residence_from
FROM roll_person m
JOIN roll_row r ON r.id = m.row_id
WHERE m.is_new AND m.problem IS NULL
UNION ALL
SELECT m.person_id, r.commune_id, r.hamlet, greatest(
    coalesce(%(changes_from)s::date, r.residence_from),
    (SELECT max(h.valid_to) + 1 FROM beneficiaries_residence h WHERE h.person_id = m.person_id)
)
FROM roll_change c
JOIN roll_person m ON m.person_id = c.person_id AND m.problem IS NULL
JOIN roll_row r ON r.id = m.row_id
WHERE c.what = 'moved' AND NOT EXISTS (
    SELECT FROM beneficiaries_residence h WHERE h.person_id = c.person_id AND h.valid_to IS NULL
)
