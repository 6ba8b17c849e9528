-- Registered people who may be the one described: name and birth close, everywhere; closer ones first.
-- Inputs: folded (name), birth, precision, year_from, year_to (its year), commune (id or null), today, most.
-- Reads one year of person_by_birth_and_name; the rest only for the few that are alike.
-- Alike is: the same name with a birth that fits (anywhere), a like name on the same day (anywhere), a like name in
-- the same year (same commune).
WITH born AS MATERIALIZED (
    SELECT id, similarity(name_folded, %(folded)s) AS likeness
    FROM beneficiaries_person
    WHERE birth_date BETWEEN %(year_from)s AND %(year_to)s
),

alike AS (
    SELECT
        p.id, b.likeness, r.commune_id, p.name_folded = %(folded)s AS same_name,
        coalesce(r.commune_id = %(commune)s, false) AS same_commune,
        CASE
            WHEN 'year' IN (p.birth_precision, %(precision)s) THEN true
            WHEN 'month' IN (p.birth_precision, %(precision)s)
                THEN date_trunc('month', p.birth_date) = date_trunc('month', %(birth)s::date)
            ELSE p.birth_date = %(birth)s OR to_char(p.birth_date, 'MMDD') = to_char(%(birth)s::date, 'DDMM')
        END AS birth_fits,
        p.birth_date = %(birth)s AND p.birth_precision = 'day' AND %(precision)s = 'day' AS same_day
    FROM born b
    JOIN beneficiaries_person p ON p.id = b.id
    LEFT JOIN beneficiaries_residence r ON r.person_id = p.id AND r.valid_from <= %(today)s
        AND (r.valid_to IS NULL OR r.valid_to >= %(today)s)
    WHERE b.likeness >= 0.6 AND p.died_on IS NULL
)

SELECT id
FROM alike
WHERE same_name AND birth_fits OR same_day OR same_commune
ORDER BY same_name AND birth_fits DESC, same_commune DESC, likeness DESC, id
LIMIT %(most)s
