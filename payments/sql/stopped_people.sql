-- People on a list whom a waiting look-back would stop: died, ended or suspended before the month, since it was made.
-- Inputs: batch_id, month. Only people on the queue can have changed.
WITH waiting AS MATERIALIZED (
    SELECT p.id, p.person_id
    FROM payments_payment p
    WHERE p.batch_id = %(batch_id)s AND p.outcome IS NULL
      AND EXISTS (SELECT FROM beneficiaries_reckon r WHERE r.person_id = p.person_id)
)

SELECT DISTINCT p.person_id
FROM waiting p
JOIN payments_line l ON l.payment_id = p.id AND l.for_month >= %(month)s
JOIN beneficiaries_entitlement e ON e.id = l.entitlement_id
JOIN benefits_category c ON c.code = e.category_id AND c.kind = 'monthly'
JOIN beneficiaries_person person ON person.id = p.person_id
WHERE person.died_on < l.for_month OR e.last_month < l.for_month
    OR EXISTS (
        SELECT FROM beneficiaries_suspension s
        WHERE s.entitlement_id = e.id AND s.from_month <= l.for_month
            AND (s.until_month IS NULL OR s.until_month >= l.for_month)
    )
ORDER BY p.person_id
LIMIT 50
