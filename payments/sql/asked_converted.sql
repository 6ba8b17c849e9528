-- What people hold in the last month of their replaced benefits, and what they would hold in the first month of the
-- benefit that replaces them, as if they were converted: columns as in asked.sql.
-- Inputs: entitlements (those to be replaced), from_month, target.
-- The new benefit stands in the place of the oldest replaced one, with its suspensions; who has it already keeps that.
WITH replaced AS (
    SELECT e.* FROM beneficiaries_entitlement e WHERE e.id = ANY (%(entitlements)s::bigint[])
),

held AS (
    SELECT e.* FROM beneficiaries_entitlement e WHERE e.person_id IN (SELECT person_id FROM replaced)
),

oldest AS (
    SELECT DISTINCT ON (r.person_id) r.id
    FROM replaced r
    WHERE NOT EXISTS (
        SELECT FROM held h
        WHERE h.person_id = r.person_id AND h.category_id = %(target)s
          AND (h.last_month IS NULL OR h.last_month >= %(from_month)s)
    )
    ORDER BY r.person_id, r.id
)

SELECT h.*, (%(from_month)s::date - interval '1 month')::date AS month, true AS looked_back
FROM held h
WHERE h.from_month < %(from_month)s AND (h.last_month IS NULL OR h.last_month >= %(from_month)s::date - interval '1 month')
UNION ALL
SELECT h.*, %(from_month)s::date, true
FROM held h
WHERE NOT EXISTS (SELECT FROM replaced r WHERE r.id = h.id) AND h.from_month <= %(from_month)s
  AND (h.last_month IS NULL OR h.last_month >= %(from_month)s)
UNION ALL
SELECT new.*, %(from_month)s::date, true
FROM oldest o
JOIN beneficiaries_entitlement e ON e.id = o.id
CROSS JOIN LATERAL jsonb_populate_record(e, jsonb_build_object('category_id', %(target)s::text)) AS new
