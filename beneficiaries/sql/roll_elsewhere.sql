-- People of the staged rows who live where the officer keeps no roll: their rows are refused, a move is asked for.
-- Reads: roll_row, roll_person. Input: units, the communes whose roll the officer keeps. Writes roll_person's problem.
UPDATE roll_person m
SET problem = 'lives_elsewhere'
FROM beneficiaries_residence h
WHERE h.person_id = m.person_id AND h.valid_to IS NULL AND m.problem IS NULL AND NOT m.is_new
  AND h.commune_id <> ALL (%(units)s)
