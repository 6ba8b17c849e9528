-- Who is reckoned again because of the staged rows, and from which month: never one settled elsewhere.
-- Reads: roll_row, roll_grant, roll_change. Input: first_load, true where regular rounds cover every new grant.
-- Written in the transaction that applies the rows; rows applied before leave no change and no new grant.
INSERT INTO beneficiaries_reckon (person_id, from_month, ready_on, reason)
SELECT g.person_id, min(greatest(r.from_month, r.settled_before)), date '1900-01-01', 'granted'
FROM roll_grant g
JOIN roll_row r ON r.id = g.row_id
WHERE g.is_new AND g.problem IS NULL AND NOT %(first_load)s
GROUP BY g.person_id
UNION ALL
SELECT e.person_id, min(greatest(c.reckon_from, e.settled_before)), date '1900-01-01', 'changed'
FROM roll_change c
JOIN beneficiaries_entitlement e ON e.id = c.entitlement_id
    OR c.entitlement_id IS NULL AND (e.person_id = c.person_id OR e.linked_person_id = c.person_id)
WHERE c.reckon_from IS NOT NULL
GROUP BY e.person_id
