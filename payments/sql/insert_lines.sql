-- The lines of the slice's payments. Reads: owed. Inputs: head, months (the cycle's, as an array).
-- What an earlier payment held and did not deliver is `carried`; the rest of a delta is this month's or arrears.
-- A negative delta was put there by a recovery decision (add_recoveries.sql).
INSERT INTO payments_line (payment_id, entitlement_id, for_month, kind, amount)
SELECT
    (%(head)s::bigint * 10 + CASE o.scheme WHEN 'NCC' THEN 1 ELSE 2 END) * 10000000000 + o.person_id AS payment_id,
    o.entitlement_id, o.month, part.kind, part.amount
FROM owed o
CROSS JOIN LATERAL (
    SELECT 'carried' AS kind, least(o.delta, o.undelivered) AS amount
    UNION ALL
    SELECT
        CASE
            WHEN o.category_kind <> 'monthly' THEN 'one_off'
            WHEN o.month = ANY (%(months)s::date[]) THEN 'regular'
            ELSE 'arrears'
        END,
        o.delta - least(o.delta, o.undelivered)
    WHERE o.delta > 0
    UNION ALL
    SELECT 'recovery', o.delta
    WHERE o.delta < 0
) AS part
WHERE part.amount > 0 OR part.kind = 'recovery'
ORDER BY 1, 2, 3
