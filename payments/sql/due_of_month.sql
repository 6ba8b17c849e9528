-- Everybody whom the reader may see, with what identifies them and what the law grants each for one month.
-- Reads: due. Inputs: month, scheme (empty for both), units (communes that the reader may see).
-- A person lives where they lived in the month, else where they lived first after it. `unrated` says that some
-- benefit has no rate for the month, so that `due` (đồng) is not to be relied on.
SELECT
    p.id, p.name, p.name_folded, p.birth_date, p.birth_precision, p.national_id_index, p.died_on, home.commune_id,
    coalesce(granted.due, 0) AS due, coalesce(granted.unrated, false) AS unrated
FROM beneficiaries_person p
JOIN (
    SELECT DISTINCT ON (r.person_id) r.person_id, r.commune_id
    FROM beneficiaries_residence r
    ORDER BY r.person_id, r.valid_from <= %(month)s DESC,
        CASE WHEN r.valid_from <= %(month)s THEN r.valid_from END DESC, r.valid_from
) AS home ON home.person_id = p.id
LEFT JOIN (
    SELECT d.person_id, sum(d.due)::bigint AS due, bool_or(d.granted IS NULL) AS unrated
    FROM due d
    JOIN benefits_category c ON c.code = d.category_id
    WHERE %(scheme)s = '' OR c.scheme = %(scheme)s
    GROUP BY d.person_id
) AS granted ON granted.person_id = p.id
WHERE home.commune_id = ANY (%(units)s)
