-- The authorised person or guardian of before gives way to the one that the staged row names.
-- Reads: roll_row, roll_person, roll_change. Input: changes_from, null for the row's own date.
UPDATE beneficiaries_payee h
SET valid_to = greatest(h.valid_from, coalesce(%(changes_from)s::date, r.residence_from) - 1)
FROM roll_change c
JOIN roll_person m ON m.person_id = c.person_id AND m.problem IS NULL
JOIN roll_row r ON r.id = m.row_id
WHERE c.what = 'payee' AND h.person_id = c.person_id AND h.valid_to IS NULL AND h.role = r.payee_role
