-- People whose postal money of a cycle and of the two cycles before it was not collected: asked for by a settled
-- batch. Inputs: batch_id, months (the cycle's and the two before, exactly three), low and high (their payment ids).
-- A month counts as collected when any of its payments of the scheme was paid, by whatever channel.
WITH missed AS (
    SELECT p.id, p.person_id, p.commune_id, b.scheme
    FROM payments_payment p
    JOIN payments_batch b ON b.id = p.batch_id
    WHERE p.batch_id = %(batch_id)s AND p.outcome = 'unclaimed'
),

months AS (
    SELECT
        m.person_id, m.scheme, r.cycle_id,
        bool_or(p.outcome = 'unclaimed') AS unclaimed, bool_or(p.outcome = 'paid') AS paid
    FROM missed m
    JOIN payments_payment p ON p.person_id = m.person_id AND p.id >= %(low)s AND p.id < %(high)s
    JOIN payments_batch b ON b.id = p.batch_id AND b.scheme = m.scheme
    JOIN payments_round r ON r.id = b.round_id AND r.cycle_id = ANY (%(months)s::date[])
    GROUP BY m.person_id, m.scheme, r.cycle_id
)

SELECT m.id AS payment, m.person_id AS person, m.commune_id AS commune, m.scheme
FROM missed m
WHERE (
    SELECT count(*) FROM months k
    WHERE k.person_id = m.person_id AND k.scheme = m.scheme AND k.unclaimed AND NOT coalesce(k.paid, FALSE)
) = 3
