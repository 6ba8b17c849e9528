-- What is wrong with a staged report; no rows if nothing is. Reads: reported. Inputs: provider, sandbox; before, after and
-- state: the outcome moves of the transition table as parallel arrays. An outcome already known is a repeat, not a
-- fault; money that comes back after the close is taken in the open books (return_after_close.sql).
WITH twice AS (
    SELECT payment_id FROM reported GROUP BY payment_id HAVING count(DISTINCT outcome) > 1
)

SELECT r.payment_id, CASE
    WHEN t.payment_id IS NOT NULL THEN 'twice'
    WHEN b.id IS NULL THEN 'unknown'
    ELSE 'contradiction'
END AS fault
FROM reported r
LEFT JOIN payments_payment p ON p.id = r.payment_id
LEFT JOIN payments_batch b ON b.id = p.batch_id AND b.provider_id = %(provider)s AND EXISTS (
    SELECT FROM payments_round round JOIN payments_cycle cycle ON cycle.month = round.cycle_id
    WHERE round.id = b.round_id AND cycle.sandbox = %(sandbox)s
)
LEFT JOIN twice t ON t.payment_id = r.payment_id
LEFT JOIN unnest(%(before)s::text[], %(after)s::text[], %(state)s::text[]) AS move (before, after, state)
    ON move.before = coalesce(p.outcome, '') AND move.after = r.outcome AND move.state = b.state
WHERE t.payment_id IS NOT NULL
   OR b.id IS NULL
   OR move.before IS NULL
      AND p.outcome IS DISTINCT FROM r.outcome
      AND NOT (b.state = 'closed' AND p.outcome = 'paid' AND r.outcome = 'returned')
ORDER BY r.payment_id
