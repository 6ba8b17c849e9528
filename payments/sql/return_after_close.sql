-- Money that a provider returned after its cycle was closed: the closed row stays, the open books owe it again.
-- Reads: reported. Inputs: at, by. Safe to repeat: a payment is returned once.
INSERT INTO payments_adjustment (entitlement_id, for_month, amount, kind, payment_id, decision_number, by_id, at)
SELECT l.entitlement_id, l.for_month, sum(l.amount), 'returned', p.id, '', %(by)s, %(at)s
FROM reported r
JOIN payments_payment p ON p.id = r.payment_id AND p.outcome = 'paid' AND r.outcome = 'returned'
JOIN payments_batch b ON b.id = p.batch_id AND b.state = 'closed'
JOIN payments_line l ON l.payment_id = p.id
WHERE NOT EXISTS (SELECT FROM payments_adjustment known WHERE known.payment_id = p.id AND known.kind = 'returned')
GROUP BY l.entitlement_id, l.for_month, p.id
HAVING sum(l.amount) <> 0
