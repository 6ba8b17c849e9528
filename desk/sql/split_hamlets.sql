-- The hamlets of communes that were split among several successors, with the people whose home moved at the
-- reorganisation, and what was decided. Input: on_date, predecessors (ids). Changes nothing.
SELECT
    before.commune_id AS predecessor_id, after.hamlet, after.commune_id AS successor_id, count(*) AS people,
    placed.id IS NOT NULL AS decided
FROM beneficiaries_residence before
JOIN beneficiaries_residence after ON after.person_id = before.person_id AND after.valid_from = %(on_date)s
LEFT JOIN desk_hamletplacement placed ON placed.predecessor_id = before.commune_id AND placed.hamlet = after.hamlet
WHERE before.commune_id = ANY (%(predecessors)s) AND before.valid_to = %(on_date)s::date - 1
GROUP BY before.commune_id, after.hamlet, after.commune_id, placed.id
ORDER BY before.commune_id, after.hamlet, after.commune_id
