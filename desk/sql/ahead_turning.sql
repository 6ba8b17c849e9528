-- Everybody living whose birthday of an age of the windows falls into their month.
-- Reads: windows. Inputs: birthdays (all days of the windows, by which the planner knows how few they are),
-- birth_convention.
SELECT p.id AS person_id, p.pension_kind, p.pension_amount, w.month, w.age
FROM windows w
JOIN beneficiaries_person p ON p.birth_date >= w.born_from AND p.birth_date < w.born_before
    AND w.by_year = (p.birth_precision = 'year' AND %(birth_convention)s = 'last')
WHERE p.died_on IS NULL AND p.birth_date = ANY (%(birthdays)s)
