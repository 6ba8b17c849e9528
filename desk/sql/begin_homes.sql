-- The same homes in the commune that follows, from the reorganisation on. Reads: homes_to_move, after end_homes.
-- Input: on_date.
INSERT INTO beneficiaries_residence (person_id, commune_id, hamlet, valid_from, valid_to)
SELECT person_id, commune_id, hamlet, %(on_date)s, valid_to
FROM homes_to_move
WHERE valid_from < %(on_date)s
ORDER BY person_id
