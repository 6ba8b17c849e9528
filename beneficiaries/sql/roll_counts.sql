-- How many staged rows were new entitlements, changed something, or changed nothing.
-- Reads: roll_grant, roll_change. A change of a person counts in each of their rows.
WITH changed_people AS (SELECT DISTINCT person_id FROM roll_change WHERE entitlement_id IS NULL),

changed_entitlements AS (SELECT DISTINCT entitlement_id FROM roll_change WHERE entitlement_id IS NOT NULL)

SELECT
    count(*) FILTER (WHERE g.is_new) AS new,
    count(*) FILTER (WHERE NOT g.is_new AND coalesce(p.person_id, e.entitlement_id) IS NOT NULL) AS changed,
    count(*) FILTER (WHERE NOT g.is_new AND coalesce(p.person_id, e.entitlement_id) IS NULL) AS unchanged
FROM roll_grant g
LEFT JOIN changed_people p ON p.person_id = g.person_id
LEFT JOIN changed_entitlements e ON e.entitlement_id = g.entitlement_id
WHERE g.problem IS NULL
