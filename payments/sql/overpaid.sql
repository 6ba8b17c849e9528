-- What was paid too much, month by month. Reads: balance. Input: units (communes that the reader may see).
-- covered: what decisions that wait or recover already name of it and have not taken yet.
SELECT
    b.person_id, p.name, r.commune_id, b.scheme, b.entitlement_id, b.category_id, b.month, b.due, b.live, -b.delta AS overpaid,
    greatest(coalesce((
        SELECT sum(i.amount)
        FROM payments_overpaiditem i
        JOIN payments_overpaiddecision d ON d.id = i.decision_id
        WHERE i.entitlement_id = b.entitlement_id AND i.for_month = b.month
          AND (d.kind = 'recover' OR d.confirmed_by_id IS NULL) AND (d.cancelled_at IS NULL OR d.confirmed_by_id IS NOT NULL)
    ), 0) + coalesce((
        SELECT sum(l.amount)
        FROM payments_line l
        JOIN payments_payment paid ON paid.id = l.payment_id AND (paid.outcome IS NULL OR paid.outcome = 'paid')
        WHERE l.entitlement_id = b.entitlement_id AND l.for_month = b.month AND l.kind = 'recovery'
    ), 0), 0) AS covered
FROM balance b
JOIN beneficiaries_person p ON p.id = b.person_id
JOIN beneficiaries_residence r ON r.person_id = b.person_id AND r.valid_to IS NULL
WHERE b.delta < 0 AND r.commune_id = ANY (%(units)s::bigint[])
ORDER BY b.person_id, b.scheme, b.month, b.entitlement_id
