-- Consequences of this message's dead payments: their people are reckoned again, refused accounts are marked.
-- Reads: reported. Inputs: message, dead. Only what the message itself changed (its events) counts.
WITH dead AS (
    SELECT p.id, p.person_id, p.payout_method_id, r.day, r.refuses_account
    FROM payments_event e
    JOIN payments_payment p ON p.id = e.payment_id
    JOIN reported r ON r.payment_id = p.id
    WHERE e.message_id = %(message)s AND e.to_state = ANY (%(dead)s::text[])
),

marked AS (
    UPDATE beneficiaries_payoutmethod m SET failed_on = d.day, right_ended = false
    FROM dead d
    WHERE m.id = d.payout_method_id AND d.refuses_account AND (m.failed_on IS NULL OR m.right_ended)
)

INSERT INTO beneficiaries_reckon (person_id, from_month, ready_on, reason)
SELECT d.person_id, min(l.for_month), DATE '1900-01-01', 'undelivered'
FROM dead d
JOIN payments_line l ON l.payment_id = d.id
GROUP BY d.person_id
