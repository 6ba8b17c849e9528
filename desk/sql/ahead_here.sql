-- Of those whose birthday comes, who lives in a few communes: read from the communes' homes.
-- Reads: windows. Inputs: communes, today, birthdays, birth_convention.
SELECT p.id AS person_id, p.pension_kind, p.pension_amount, w.month, w.age
FROM beneficiaries_residence home
JOIN beneficiaries_person p ON p.id = home.person_id
JOIN windows w ON p.birth_date >= w.born_from AND p.birth_date < w.born_before
    AND w.by_year = (p.birth_precision = 'year' AND %(birth_convention)s = 'last')
WHERE p.died_on IS NULL AND p.birth_date = ANY (%(birthdays)s)
  AND home.commune_id = ANY (%(communes)s) AND home.valid_from <= %(today)s
  AND (home.valid_to IS NULL OR home.valid_to >= %(today)s)
