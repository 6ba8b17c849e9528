-- What the staged rows say anew of people known already; a blank keeps what is there.
-- Reads: roll_row, roll_person, roll_change. A citizen number learnt is encrypted for its person by the caller.
UPDATE beneficiaries_person p
SET name = r.name, name_folded = r.name_folded, name_sort = r.name_sort,
    birth_date = r.birth_date, birth_precision = r.birth_precision,
    sex = coalesce(nullif(r.sex, ''), p.sex),
    phone = coalesce(nullif(r.phone, ''), p.phone),
    notes = coalesce(nullif(r.notes, ''), p.notes),
    died_on = coalesce(r.died_on, p.died_on)
FROM roll_change c
JOIN roll_person m ON m.person_id = c.person_id AND m.problem IS NULL
JOIN roll_row r ON r.id = m.row_id
WHERE c.what = 'person' AND p.id = c.person_id
