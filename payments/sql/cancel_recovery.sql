-- A cancelled recovery covers only what it has taken. Input: decision.
UPDATE payments_overpaiditem i SET amount = least(i.amount, coalesce((
    SELECT -sum(l.amount)
    FROM payments_line l
    JOIN payments_payment p ON p.id = l.payment_id AND (p.outcome IS NULL OR p.outcome = 'paid')
    WHERE l.entitlement_id = i.entitlement_id AND l.for_month = i.for_month AND l.kind = 'recovery'
), 0))
WHERE i.decision_id = %(decision)s
