-- What was handed out after it had counted as unclaimed: the money is with the person, so it is owed no more.
-- Inputs: payment, at, by, reason. Safe to repeat: a payment is paid late once. The caller has locked its batch.
INSERT INTO payments_adjustment (
    entitlement_id, for_month, amount, kind, payment_id, decision_number, by_id, at
)
SELECT l.entitlement_id, l.for_month, -sum(l.amount), 'paid_late', p.id, '', %(by)s, %(at)s
FROM payments_payment p
JOIN payments_line l ON l.payment_id = p.id
WHERE p.id = %(payment)s AND p.outcome = 'unclaimed'
    AND NOT EXISTS (
        SELECT FROM payments_adjustment known WHERE known.payment_id = p.id AND known.kind = 'paid_late'
    )
GROUP BY l.entitlement_id, l.for_month, p.id
HAVING sum(l.amount) <> 0
