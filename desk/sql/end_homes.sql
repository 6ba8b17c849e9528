-- Homes that began before the reorganisation end the day before it; later ones are corrected to the commune that
-- follows. Reads: homes_to_move. Input: on_date. Invariant: nobody has two homes on one day.
UPDATE beneficiaries_residence h
SET valid_to = CASE WHEN m.valid_from < %(on_date)s THEN %(on_date)s::date - 1 ELSE h.valid_to END,
    commune_id = CASE WHEN m.valid_from < %(on_date)s THEN h.commune_id ELSE m.commune_id END
FROM homes_to_move m
WHERE h.id = m.id
