-- Money that a provider returned after its cycle was closed: the closed row stays, the open books owe it again.
-- Reads: reported. Inputs: at, by. Safe to repeat: a payment is returned once.
-- Few reports hold any such payment: they are found first, so that no other ever reads a line.
WITH came_back AS MATERIALIZED (
    SELECT p.id
    FROM reported r
    JOIN payments_payment p ON p.id = r.payment_id AND p.outcome = 'paid'
    JOIN payments_batch b ON b.id = p.batch_id AND b.state = 'closed'
    WHERE r.outcome = 'returned'
        AND NOT EXISTS (SELECT FROM payments_adjustment known WHERE known.payment_id = p.id AND known.kind = 'returned')
)

INSERT INTO payments_adjustment (entitlement_id, for_month, amount, kind, payment_id, decision_number, by_id, at)
SELECT l.entitlement_id, l.for_month, sum(l.amount), 'returned', c.id, '', %(by)s, %(at)s
FROM came_back c
JOIN payments_line l ON l.payment_id = c.id
GROUP BY l.entitlement_id, l.for_month, c.id
HAVING sum(l.amount) <> 0
