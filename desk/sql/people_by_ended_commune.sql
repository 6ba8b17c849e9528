-- How many people live, on the day of a reorganisation, in each commune that has ended by then.
-- Input: on_date. Changes nothing.
SELECT h.commune_id, count(*) AS people
FROM beneficiaries_residence h
JOIN areas_unit commune ON commune.id = h.commune_id AND commune.valid_to < %(on_date)s
WHERE h.valid_to IS NULL OR h.valid_to >= %(on_date)s
GROUP BY h.commune_id
