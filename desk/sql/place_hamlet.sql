-- The people of one hamlet of a split commune live, since the reorganisation, in the successor chosen for it.
-- Inputs: on_date, predecessor, hamlet, successor. What was paid keeps the commune that it was paid in. A rerun
-- changes nothing.
UPDATE beneficiaries_residence after
SET commune_id = %(successor)s
FROM beneficiaries_residence before, areas_succession s
WHERE before.person_id = after.person_id AND before.commune_id = %(predecessor)s
    AND before.valid_to = %(on_date)s::date - 1
    AND after.valid_from = %(on_date)s AND after.hamlet = %(hamlet)s AND after.commune_id <> %(successor)s
    AND s.predecessor_id = before.commune_id AND s.successor_id = after.commune_id
