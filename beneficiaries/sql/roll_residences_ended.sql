-- The present residence of people who moved ends the day before; one that began no earlier is corrected instead.
-- Reads: roll_row, roll_person, roll_change. Input: changes_from, null for the row's own date.
UPDATE beneficiaries_residence h
SET valid_to = CASE WHEN c.what = 'moved' AND h.valid_from < d.day THEN d.day - 1 END,
    commune_id = CASE WHEN c.what = 'moved' AND h.valid_from >= d.day THEN r.commune_id ELSE h.commune_id END,
    hamlet = CASE WHEN c.what = 'hamlet' OR h.valid_from >= d.day THEN r.hamlet ELSE h.hamlet END
FROM roll_change c
JOIN roll_person m ON m.person_id = c.person_id AND m.problem IS NULL
JOIN roll_row r ON r.id = m.row_id
JOIN LATERAL (SELECT coalesce(%(changes_from)s::date, r.residence_from) AS day) AS d ON true
WHERE c.what IN ('moved', 'hamlet') AND h.person_id = c.person_id AND h.valid_to IS NULL
