-- The months that recovery decisions name, with all that their people hold (stacking needs it): columns as in asked.sql.
-- Inputs: person_from, person_to, month.
SELECT e.*, m.month, true AS looked_back
FROM (
    SELECT DISTINCT d.person_id, i.for_month AS month
    FROM payments_overpaiddecision d
    JOIN payments_overpaiditem i ON i.decision_id = d.id
    WHERE d.kind = 'recover' AND d.confirmed_by_id IS NOT NULL AND d.from_month <= %(month)s
      AND d.person_id >= %(person_from)s AND d.person_id < %(person_to)s
) AS m
JOIN beneficiaries_entitlement e ON e.person_id = m.person_id
