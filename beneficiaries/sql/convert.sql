-- End the grants that a conversion replaces and grant the social pension in their place, in one statement.
-- Inputs: entitlements (ids), target (category), from_month, decision_number, decision_date.
-- Somebody with two of the replaced benefits, or with the target already, gets it once. What was suspended stays
-- suspended. Every person is reckoned again from the first month. Safe to repeat: an ended grant is not found again.
WITH old AS (
    UPDATE beneficiaries_entitlement e
    SET last_month = (%(from_month)s::date - interval '1 month')::date, end_reason = 'replaced'
    WHERE e.id = ANY (%(entitlements)s::bigint[]) AND (e.last_month IS NULL OR e.last_month >= %(from_month)s)
    RETURNING e.id, e.person_id, e.settled_before
),

made AS (
    INSERT INTO beneficiaries_entitlement (
        person_id, category_id, from_month, settled_before, end_reason, decision_number, decision_date,
        decision_signer, disability_certificate
    )
    SELECT
        o.person_id, %(target)s, %(from_month)s, greatest(max(o.settled_before), %(from_month)s::date), '',
        %(decision_number)s, %(decision_date)s, '', ''
    FROM old o
    WHERE NOT EXISTS (
        SELECT FROM beneficiaries_entitlement h
        WHERE h.person_id = o.person_id AND h.category_id = %(target)s
          AND (h.last_month IS NULL OR h.last_month >= %(from_month)s)
    )
    GROUP BY o.person_id
    RETURNING id, person_id
),

suspended AS (
    INSERT INTO beneficiaries_suspension (
        entitlement_id, from_month, ground, reason, decision_number, decision_date, resumed_by_decision, arrears
    )
    SELECT DISTINCT ON (m.id)
        m.id, greatest(s.from_month, %(from_month)s::date), s.ground, s.reason, s.decision_number, s.decision_date, '', false
    FROM made m
    JOIN old o USING (person_id)
    JOIN beneficiaries_suspension s ON s.entitlement_id = o.id AND s.until_month IS NULL
    ORDER BY m.id, s.from_month
)

INSERT INTO beneficiaries_reckon (person_id, from_month, ready_on, reason)
SELECT DISTINCT person_id, %(from_month)s::date, DATE '1900-01-01', 'changed' FROM old
