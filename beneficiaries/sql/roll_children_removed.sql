-- Children whom the new list of an entitlement no longer names.
-- Reads: roll_row, roll_grant, roll_change.
DELETE FROM beneficiaries_child k
USING roll_change c
JOIN roll_grant g ON g.entitlement_id = c.entitlement_id AND g.problem IS NULL
JOIN roll_row r ON r.id = g.row_id
WHERE c.what = 'children' AND k.entitlement_id = c.entitlement_id AND NOT EXISTS (
    SELECT FROM jsonb_to_recordset(r.children) AS n (name text, birth_date date, birth_precision text)
    WHERE (n.name, n.birth_date, n.birth_precision) = (k.name, k.birth_date, k.birth_precision)
)
