-- What earlier payments hold for the months looked back on: live (đồng), and undelivered: held by payments that did
-- not reach the person and not carried since. Reads: asked.
SELECT
    a.id AS entitlement_id, a.month,
    coalesce(sum(l.amount) FILTER (WHERE p.outcome IS NULL OR p.outcome = 'paid'), 0)::bigint AS live,
    greatest(
        coalesce(sum(l.amount) FILTER (WHERE p.outcome <> 'paid' AND l.kind <> 'recovery'), 0)
        - coalesce(sum(l.amount) FILTER (WHERE l.kind = 'carried'), 0), 0
    )::bigint AS undelivered
FROM asked a
JOIN payments_line l ON l.entitlement_id = a.id AND l.for_month = a.month
JOIN payments_payment p ON p.id = l.payment_id
WHERE a.looked_back
GROUP BY a.id, a.month
