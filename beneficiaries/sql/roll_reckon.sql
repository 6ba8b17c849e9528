-- Who is reckoned again because of the staged rows, and from which month: none in which all that the person holds was
-- settled elsewhere. A month settled elsewhere for one benefit may still move money between the others (stacking).
-- Reads: roll_row, roll_grant, roll_change. Input: first_load, true where regular rounds cover every new grant.
-- Written in the transaction that applies the rows; rows applied before leave no change and no new grant.
INSERT INTO beneficiaries_reckon (person_id, from_month, ready_on, reason)
SELECT touched.person_id, greatest(touched.from_month, (
    SELECT min(held.settled_before) FROM beneficiaries_entitlement held WHERE held.person_id = touched.person_id
)), date '1900-01-01', touched.reason
FROM (
    SELECT g.person_id, min(r.from_month) AS from_month, 'granted' AS reason
    FROM roll_grant g
    JOIN roll_row r ON r.id = g.row_id
    WHERE g.is_new AND g.problem IS NULL AND NOT %(first_load)s
    GROUP BY g.person_id
    UNION ALL
    SELECT e.person_id, min(c.reckon_from), 'changed'
    FROM roll_change c
    JOIN beneficiaries_entitlement e ON e.id = c.entitlement_id
        OR c.entitlement_id IS NULL AND (e.person_id = c.person_id OR e.linked_person_id = c.person_id)
    WHERE c.reckon_from IS NOT NULL
    GROUP BY e.person_id
) AS touched
