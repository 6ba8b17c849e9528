-- The people whom the staged rows describe for the first time.
-- Reads: roll_row, roll_person. Nobody is added twice: roll_person was matched in the same transaction.
INSERT INTO beneficiaries_person (
    id, uuid, name, name_folded, name_sort, birth_date, birth_precision, sex, national_id, national_id_index, phone,
    died_on, pension_kind, notes
)
SELECT
    m.person_id, r.person_uuid, r.name, r.name_folded, r.name_sort, r.birth_date, r.birth_precision, r.sex,
    r.national_id, r.national_id_index, r.phone, r.died_on, '', r.notes
FROM roll_person m
JOIN roll_row r ON r.id = m.row_id
WHERE m.is_new AND m.problem IS NULL
ORDER BY m.person_id
