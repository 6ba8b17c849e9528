-- Months that a replaced benefit paid after its replacement began: booked to the new benefit by the decision, so that
-- they are neither overpaid nor paid twice. Inputs: entitlements (the old ones), target, from_month, decision_number,
-- decision_date, by, at. Runs once, in the transaction that converts. A payment that fails later is owed again.
WITH paid AS (
    SELECT old.id AS old_id, new.id AS new_id, l.for_month, sum(l.amount) AS amount
    FROM beneficiaries_entitlement old
    JOIN beneficiaries_entitlement new ON new.person_id = old.person_id AND new.category_id = %(target)s
        AND (new.last_month IS NULL OR new.last_month >= %(from_month)s)
    JOIN payments_line l ON l.entitlement_id = old.id AND l.for_month >= %(from_month)s
    JOIN payments_payment p ON p.id = l.payment_id AND (p.outcome IS NULL OR p.outcome = 'paid')
    WHERE old.id = ANY (%(entitlements)s::bigint[])
    GROUP BY old.id, new.id, l.for_month
    HAVING sum(l.amount) > 0
)

INSERT INTO payments_adjustment (entitlement_id, for_month, amount, kind, decision_number, decision_date, by_id, at)
SELECT part.entitlement_id, p.for_month, part.amount, 'converted', %(decision_number)s, %(decision_date)s, %(by)s, %(at)s
FROM paid p
CROSS JOIN LATERAL (VALUES (p.old_id, p.amount), (p.new_id, -p.amount)) AS part (entitlement_id, amount)
