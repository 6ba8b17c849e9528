-- Every month up to last_month of what these people hold: columns as in asked.sql. Inputs: people (ids), last_month.
SELECT e.*, m.month::date, true AS looked_back
FROM (
    SELECT person_id, min(settled_before) AS first_month
    FROM beneficiaries_entitlement
    WHERE person_id = ANY (%(people)s::bigint[])
    GROUP BY person_id
) AS held
JOIN beneficiaries_entitlement e USING (person_id)
CROSS JOIN generate_series(held.first_month, %(last_month)s::date, interval '1 month') AS m (month)
