-- Decisions that change what is owed for the months looked back on, in đồng. Reads: asked.
SELECT a.id AS entitlement_id, a.month, sum(j.amount)::bigint AS amount
FROM asked a
JOIN payments_adjustment j ON j.entitlement_id = a.id AND j.for_month = a.month
WHERE a.looked_back
GROUP BY a.id, a.month
