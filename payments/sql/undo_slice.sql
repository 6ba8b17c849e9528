-- Remove what a slice of a draft round made, and put its look-backs back on the queue. What its recoveries had taken is
-- overpaid again.
-- Inputs: round_id, person_from, person_to. Safe: the caller holds the slice and its batches, all still draft.
WITH doomed AS (
    SELECT p.id FROM payments_payment p JOIN payments_batch b ON b.id = p.batch_id AND b.round_id = %(round_id)s
    WHERE p.person_id >= %(person_from)s AND p.person_id < %(person_to)s
),

overpaid AS (
    INSERT INTO payments_excess (person_id, entitlement_id, for_month)
    SELECT e.person_id, l.entitlement_id, l.for_month
    FROM payments_line l
    JOIN doomed d ON d.id = l.payment_id
    JOIN beneficiaries_entitlement e ON e.id = l.entitlement_id
    WHERE l.kind = 'recovery'
    ON CONFLICT DO NOTHING
),

lines AS (DELETE FROM payments_line l USING doomed d WHERE l.payment_id = d.id),

payments AS (DELETE FROM payments_payment p USING doomed d WHERE p.id = d.id),

back AS (
    DELETE FROM payments_reckoned
    WHERE round_id = %(round_id)s AND person_id >= %(person_from)s AND person_id < %(person_to)s
    RETURNING person_id, from_month, reason
)

INSERT INTO beneficiaries_reckon (person_id, from_month, ready_on, reason)
SELECT person_id, from_month, DATE '1900-01-01', reason FROM back
