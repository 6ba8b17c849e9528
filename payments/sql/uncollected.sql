-- People of social protection whose money stayed uncollected for some months in a row since they last collected
-- (Circular 02/2021 Art. 2(3)(a), rule S01). Inputs: months (at least), units. Revolutionary contributions have no such
-- rule (S07), nor does the six months' rule of social insurance pensions apply (S05).
SELECT p.person_id, person.name, count(DISTINCT l.for_month) AS months, min(l.for_month) AS since
FROM payments_payment p
JOIN payments_batch b ON b.id = p.batch_id AND b.scheme = 'BTXH'
JOIN payments_line l ON l.payment_id = p.id AND l.kind = 'regular'
JOIN beneficiaries_entitlement e ON e.id = l.entitlement_id AND (e.last_month IS NULL OR e.last_month > l.for_month)
JOIN beneficiaries_person person ON person.id = p.person_id AND person.died_on IS NULL
WHERE p.outcome = 'unclaimed'
  AND NOT EXISTS (
      SELECT FROM payments_payment later
      JOIN payments_batch of_later ON of_later.id = later.batch_id AND of_later.scheme = 'BTXH'
      WHERE later.person_id = p.person_id AND later.id > p.id AND later.outcome = 'paid'
  )
  AND NOT EXISTS (
      SELECT FROM beneficiaries_suspension s WHERE s.entitlement_id = e.id AND s.until_month IS NULL
  )
  AND EXISTS (
      SELECT FROM beneficiaries_residence r
      WHERE r.person_id = p.person_id AND r.commune_id = ANY (%(units)s::bigint[]) AND r.valid_to IS NULL
  )
GROUP BY p.person_id, person.name
HAVING count(DISTINCT l.for_month) >= %(months)s
ORDER BY p.person_id
