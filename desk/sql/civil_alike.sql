-- Living people on record who may be those of a list's rows: name and birth alike, in the communes of the reader.
-- Inputs: numbers, folded, births, precisions (arrays, row by row), communes, today, most. Output: number, person_id,
-- commune_id, closest first.
-- Alike is the same folded name with a birth that fits, or a like name on the very same day. Each row reads one year
-- of person_by_birth_and_name for its own name, and one day for like ones.
WITH listed AS (
    SELECT
        number, folded, birth, precision, date_trunc('year', birth)::date AS year_from,
        (date_trunc('year', birth) + interval '1 year')::date AS year_before
    FROM unnest(%(numbers)s::int[], %(folded)s::text[], %(births)s::date[], %(precisions)s::text[])
        AS row (number, folded, birth, precision)
),

alike AS (
    SELECT l.number, p.id AS person_id, 1::real AS likeness
    FROM listed l
    JOIN beneficiaries_person p ON p.birth_date >= l.year_from AND p.birth_date < l.year_before AND p.name_folded = l.folded
    WHERE p.died_on IS NULL AND CASE
        WHEN 'year' IN (p.birth_precision, l.precision) THEN true
        WHEN 'month' IN (p.birth_precision, l.precision) THEN date_trunc('month', p.birth_date) = date_trunc('month', l.birth)
        ELSE p.birth_date = l.birth OR to_char(p.birth_date, 'MMDD') = to_char(l.birth, 'DDMM')
    END
    UNION
    SELECT l.number, p.id, similarity(p.name_folded, l.folded)
    FROM listed l
    JOIN beneficiaries_person p ON p.birth_date = l.birth AND p.birth_precision = 'day'
    WHERE l.precision = 'day' AND p.died_on IS NULL AND p.name_folded <> l.folded
      AND similarity(p.name_folded, l.folded) >= 0.6
),

ranked AS (
    SELECT
        a.number, a.person_id, home.commune_id,
        row_number() OVER (PARTITION BY a.number ORDER BY a.likeness DESC, a.person_id) AS place
    FROM alike a
    JOIN beneficiaries_residence home ON home.person_id = a.person_id AND home.commune_id = ANY (%(communes)s)
        AND home.valid_from <= %(today)s AND (home.valid_to IS NULL OR home.valid_to >= %(today)s)
)

SELECT number, person_id, commune_id FROM ranked WHERE place <= %(most)s ORDER BY number, place
