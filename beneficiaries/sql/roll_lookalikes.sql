-- New people of the staged rows who have the name, exact birth date and commune of somebody else, known or new too.
-- Reads: roll_row, roll_person, and the tables, whether or not the new people stand in them already.
WITH fresh AS (
    SELECT m.person_id, r.sheet, r.number, r.name_folded, r.birth_date, r.birth_precision, r.commune_id
    FROM roll_person m
    JOIN roll_row r ON r.id = m.row_id
    WHERE m.is_new AND m.problem IS NULL
)

SELECT f.sheet, f.number
FROM fresh f
JOIN beneficiaries_person p ON p.name_folded = f.name_folded AND p.birth_date = f.birth_date AND p.id <> f.person_id
JOIN beneficiaries_residence h ON h.person_id = p.id AND h.commune_id = f.commune_id AND h.valid_to IS NULL
WHERE f.birth_precision = 'day'
UNION
SELECT f.sheet, f.number
FROM fresh f
JOIN fresh other ON other.name_folded = f.name_folded AND other.birth_date = f.birth_date
    AND other.commune_id = f.commune_id AND other.person_id <> f.person_id
WHERE f.birth_precision = 'day'
ORDER BY sheet, number
