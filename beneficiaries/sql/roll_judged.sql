-- A digest of what became of each staged row: which person and benefit it is, whether new, changed or refused.
-- Reads: roll_grant, roll_change. The same rows against the same records give the same digest: numbers drawn for new
-- people and benefits are left out.
WITH changed AS (
    SELECT person_id, entitlement_id, string_agg(what, '+' ORDER BY what) AS what
    FROM roll_change
    GROUP BY person_id, entitlement_id
)

SELECT coalesce(md5(string_agg(concat_ws(
    '|', g.row_id,
    CASE WHEN NOT g.person_is_new THEN 'p' || g.person_id END,
    CASE WHEN NOT g.is_new THEN 'e' || g.entitlement_id END,
    g.problem, 'r' || g.other_row, p.what, e.what
), ',' ORDER BY g.row_id)), '') AS digest
FROM roll_grant g
LEFT JOIN changed p ON p.person_id = g.person_id AND p.entitlement_id IS NULL
LEFT JOIN changed e ON e.entitlement_id = g.entitlement_id
