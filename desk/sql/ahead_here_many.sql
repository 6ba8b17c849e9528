-- Of those whose birthday comes, who lives in many communes: their homes one by one (LIMIT keeps the planner from
-- reading everybody's). Reads: turning. Inputs: communes, today.
SELECT t.*
FROM turning t
CROSS JOIN LATERAL (
    SELECT FROM beneficiaries_residence r
    WHERE r.person_id = t.person_id AND r.commune_id = ANY (%(communes)s) AND r.valid_from <= %(today)s
      AND (r.valid_to IS NULL OR r.valid_to >= %(today)s)
    LIMIT 1
) AS home
