-- Every month that a change of law reaches back to, of those who wait for the next list because of it alone: columns as
-- in payments/sql/asked.sql. Input: last_month. Changes nothing. Whom asked_overpaid.sql asks about is left to it, so that
-- nobody's overpaid month is counted twice.
SELECT e.*, m.month::date, true AS looked_back
FROM (
    SELECT person_id, min(from_month) AS first_month
    FROM beneficiaries_reckon
    WHERE reason = 'rate'
      AND person_id NOT IN (
          SELECT person_id FROM payments_excess
          UNION SELECT person_id FROM beneficiaries_reckon WHERE reason <> 'rate'
      )
    GROUP BY person_id
) AS waiting
JOIN beneficiaries_entitlement e USING (person_id)
CROSS JOIN generate_series(waiting.first_month, %(last_month)s::date, interval '1 month') AS m (month)
