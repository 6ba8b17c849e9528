-- New people of the staged rows who have the name, exact birth date and commune of somebody else.
-- Reads: roll_row, roll_person, and the tables after the rows were applied.
SELECT DISTINCT r.sheet, r.number
FROM roll_person m
JOIN roll_row r ON r.id = m.row_id
JOIN beneficiaries_person p ON p.name_folded = r.name_folded AND p.birth_date = r.birth_date AND p.id <> m.person_id
JOIN beneficiaries_residence h ON h.person_id = p.id AND h.commune_id = r.commune_id AND h.valid_to IS NULL
WHERE m.is_new AND m.problem IS NULL AND r.birth_precision = 'day'
ORDER BY r.sheet, r.number
