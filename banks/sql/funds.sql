-- Where the money of released lists is, per provider: sent = paid + back + in_hand. Reads only.
-- Inputs: low and high (the cycle's payment ids), units (the reader's). Sent is what was released; a payment stopped after
-- the release, failed or returned is back with us, or owed back; one without outcome, or uncollected at the Post, is in the provider's hands.
WITH released AS (
    SELECT b.provider_id, p.amount, p.outcome
    FROM payments_payment p
    JOIN payments_batch b ON b.id = p.batch_id
        AND b.state IN ('released', 'acknowledged', 'settled', 'closed') AND b.unit_id = ANY (%(units)s)
    WHERE p.id >= %(low)s AND p.id < %(high)s
      AND (
        p.outcome IS DISTINCT FROM 'withdrawn'
        OR EXISTS (SELECT FROM payments_stoporder s WHERE s.payment_id = p.id AND s.answer = 'stopped')
      )
)

SELECT
    r.provider_id AS provider, v.short_name AS name, sum(r.amount)::bigint AS sent,
    coalesce(sum(r.amount) FILTER (WHERE r.outcome = 'paid'), 0)::bigint AS paid,
    coalesce(sum(r.amount) FILTER (WHERE r.outcome NOT IN ('paid', 'unclaimed')), 0)::bigint AS back,
    coalesce(sum(r.amount) FILTER (WHERE r.outcome IS NULL OR r.outcome = 'unclaimed'), 0)::bigint AS in_hand
FROM released r
JOIN beneficiaries_provider v ON v.code = r.provider_id
GROUP BY r.provider_id, v.short_name
ORDER BY v.short_name
