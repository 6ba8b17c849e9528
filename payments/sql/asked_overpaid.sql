-- Every month up to last_month of what some people hold, to find what was paid too much: columns as in asked.sql.
-- Inputs: person_from, person_to, last_month. Only people whom the last reckoning found overpaid, and those about whom
-- there is news, can be; a change of law is no news of theirs: it concerns everybody, and the next round reckons them.
SELECT e.*, m.month::date, true AS looked_back
FROM (
    SELECT person_id, min(settled_before) AS first_month
    FROM beneficiaries_entitlement
    WHERE person_id >= %(person_from)s AND person_id < %(person_to)s
      AND person_id IN (
          SELECT person_id FROM payments_excess
          UNION SELECT person_id FROM beneficiaries_reckon WHERE reason <> 'rate'
      )
    GROUP BY person_id
) AS held
JOIN beneficiaries_entitlement e USING (person_id)
CROSS JOIN generate_series(held.first_month, %(last_month)s::date, interval '1 month') AS m (month)
