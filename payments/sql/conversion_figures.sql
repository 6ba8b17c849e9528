-- What a conversion does, by the paying unit of where people live: people, how many of them receive less or more than
-- in the month before, and social protection a month before and after, in đồng. Reads: due (of asked_converted).
-- Inputs: from_month.
SELECT
    unit.id AS unit_id, coalesce(unit.name, '') AS name, count(*)::int AS people,
    (count(*) FILTER (WHERE c.after < c.before))::int AS losing, (count(*) FILTER (WHERE c.after > c.before))::int AS gaining,
    sum(c.before)::bigint AS before, sum(c.after)::bigint AS after
FROM (
    SELECT
        d.person_id, coalesce(sum(d.due) FILTER (WHERE d.month < %(from_month)s), 0) AS before,
        coalesce(sum(d.due) FILTER (WHERE d.month = %(from_month)s), 0) AS after
    FROM due d
    JOIN benefits_category c ON c.code = d.category_id AND c.scheme = 'BTXH'
    GROUP BY d.person_id
) AS c
LEFT JOIN beneficiaries_residence home ON home.person_id = c.person_id AND home.valid_to IS NULL
LEFT JOIN areas_unit commune ON commune.id = home.commune_id
LEFT JOIN areas_unit unit ON unit.id = commune.paying_unit_id
GROUP BY unit.id, unit.name
ORDER BY unit.name, unit.id
