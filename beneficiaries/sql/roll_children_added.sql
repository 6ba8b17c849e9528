-- The children of new entitlements, and those whom a changed list names for the first time.
-- Reads: roll_row, roll_grant, roll_change. A child already there is left as it is.
INSERT INTO beneficiaries_child (entitlement_id, name, birth_date, birth_precision)
SELECT g.entitlement_id, n.name, n.birth_date, n.birth_precision
FROM roll_grant g
JOIN roll_row r ON r.id = g.row_id
CROSS JOIN LATERAL jsonb_to_recordset(r.children) AS n (name text, birth_date date, birth_precision text)
WHERE g.problem IS NULL AND r.children IS NOT NULL AND (g.is_new OR EXISTS (
    SELECT FROM roll_change c WHERE c.what = 'children' AND c.entitlement_id = g.entitlement_id
))
ON CONFLICT DO NOTHING
