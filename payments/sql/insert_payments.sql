-- The slice's payments, in the order of their keys. Reads: routed. Input: round_id.
-- A plain INSERT: a repeat inside a round is a unique violation, never a second payment.
INSERT INTO payments_payment (id, batch_id, person_id, commune_id, payout_method_id, amount)
SELECT r.payment_id, b.id, r.person_id, r.commune_id, r.payout_method_id, r.amount
FROM routed r
JOIN payments_batch b ON b.round_id = %(round_id)s AND b.unit_id = r.unit_id AND b.scheme = r.scheme
    AND b.channel = r.channel AND b.provider_id = r.provider_id
ORDER BY r.payment_id
