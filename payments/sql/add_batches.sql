-- Batches that routing needs and the round's opening did not foresee (an account of a bank new to the province).
-- Reads: routed. Input: round_id. Ordered, so that two slices cannot wait for each other in a ring.
INSERT INTO payments_batch (round_id, unit_id, scheme, channel, provider_id, state, count, amount, voucher_number)
SELECT %(round_id)s, r.unit_id, r.scheme, r.channel, r.provider_id, 'draft', 0, 0, ''
FROM (SELECT DISTINCT unit_id, scheme, channel, provider_id FROM routed) AS r
WHERE NOT EXISTS (
    SELECT FROM payments_batch b
    WHERE b.round_id = %(round_id)s AND b.unit_id = r.unit_id AND b.scheme = r.scheme
        AND b.channel = r.channel AND b.provider_id = r.provider_id
)
ORDER BY 2, 3, 4, 5
ON CONFLICT DO NOTHING
