-- What a provider still holds in cash of one unit and scheme, in đồng. Inputs: unit_id, scheme, provider_id.
-- Every voucher it was given, less what it paid out or still has to pay out and what it gave back by voucher. Of a settled list it paid out what arrived,
-- less what came back later; a list on its way counts as paid out whole, so that no cash is counted on twice.
WITH given AS (
    SELECT b.id, b.voucher_amount AS amount, b.state IN ('settled', 'closed') AS settled
    FROM payments_batch b
    WHERE
        b.unit_id = %(unit_id)s AND b.scheme = %(scheme)s AND b.provider_id = %(provider_id)s
        AND b.state IN ('funded', 'released', 'acknowledged', 'settled', 'closed')
),

spent AS (
    SELECT coalesce(sum(p.amount), 0) AS amount
    FROM given g
    JOIN payments_payment p ON p.batch_id = g.id
    WHERE CASE WHEN g.settled THEN p.outcome = 'paid' ELSE p.outcome IS DISTINCT FROM 'withdrawn' END
),

corrected AS (
    SELECT coalesce(sum(j.amount), 0) AS amount
    FROM given g
    JOIN payments_payment p ON p.batch_id = g.id
    JOIN payments_adjustment j ON j.payment_id = p.id AND j.kind IN ('returned', 'paid_late')
    WHERE g.settled
),

given_back AS (
    SELECT coalesce(sum(r.amount), 0) AS amount
    FROM payments_cashreturn r
    WHERE r.unit_id = %(unit_id)s AND r.scheme = %(scheme)s AND r.provider_id = %(provider_id)s
)

SELECT greatest(
    coalesce((SELECT sum(g.amount) FROM given g), 0) - (SELECT amount FROM spent)
    + (SELECT amount FROM corrected) - (SELECT amount FROM given_back), 0
)::bigint AS held
