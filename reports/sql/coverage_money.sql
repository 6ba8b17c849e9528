-- The money that a cycle's figures are counted from. Inputs: month (the cycle), low, high (its payments' ids).
-- Output: the temporary table money, one row per payment of a finished round that was not withdrawn. Changes nothing else.
-- pair: person and scheme, the last digits of the payment's id (ADR 002), so that nothing is joined or sorted by text.
CREATE TEMPORARY TABLE money ON COMMIT DROP AS
WITH lists AS MATERIALIZED (
    SELECT b.id, b.unit_id, b.scheme, b.channel, b.provider_id
    FROM payments_batch b
    JOIN payments_round r ON r.id = b.round_id AND r.state = 'done'
    WHERE r.cycle_id = %(month)s
)

SELECT
    p.id, p.id %% 100000000000 AS pair, p.person_id, p.commune_id, p.amount, l.unit_id, l.scheme, l.provider_id,
    l.channel = 'bank' AS by_bank, coalesce(p.outcome = 'paid', TRUE) AS live, p.outcome
FROM payments_payment p
JOIN lists l ON l.id = p.batch_id
WHERE p.id >= %(low)s AND p.id < %(high)s AND p.outcome IS DISTINCT FROM 'withdrawn'
