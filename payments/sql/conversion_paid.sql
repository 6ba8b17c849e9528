-- Months from the replacement on that the replaced benefits have paid already: booked to the new one, not paid again
-- (book_converted.sql). Inputs: entitlements, from_month. Amounts in đồng.
SELECT count(DISTINCT (l.entitlement_id, l.for_month))::int AS months, coalesce(sum(l.amount), 0)::bigint AS amount
FROM payments_line l
JOIN payments_payment p ON p.id = l.payment_id AND (p.outcome IS NULL OR p.outcome = 'paid')
WHERE l.entitlement_id = ANY (%(entitlements)s::bigint[]) AND l.for_month >= %(from_month)s
