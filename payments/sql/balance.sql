-- The one formula: delta(e, m) = due(e, m) + adjustments(e, m) - live lines(e, m), for every (e, m) asked.
-- Reads: asked, due, posted, adjusted. A due that lacks its rate is null and marked: the caller stops.
SELECT
    a.id AS entitlement_id, a.person_id, c.scheme, c.code AS category_id, c.kind AS category_kind, a.month,
    coalesce(d.due, 0) AS due, coalesce(j.amount, 0) AS adjusted, coalesce(p.live, 0) AS live,
    coalesce(p.undelivered, 0) AS undelivered,
    coalesce(d.due, 0) + coalesce(j.amount, 0) - coalesce(p.live, 0) AS delta,
    d.entitlement_id IS NOT NULL AND d.granted IS NULL AS lacks_rate
FROM asked a
JOIN benefits_category c ON c.code = a.category_id
LEFT JOIN due d ON d.entitlement_id = a.id AND d.month = a.month
LEFT JOIN posted p ON p.entitlement_id = a.id AND p.month = a.month
LEFT JOIN adjusted j ON j.entitlement_id = a.id AND j.month = a.month
WHERE a.month >= a.settled_before
