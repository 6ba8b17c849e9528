-- Queue everybody whose benefit's rate or base became law between two list dates and applies from an earlier month.
-- Inputs: since (the list date before, exclusive), until (this list date), month (the first month not looked back on),
-- categories and from_months: further changes, as parallel arrays. A category changes with its rates and with the
-- base that they multiply; a row's end counts as a change too. Months settled elsewhere stay settled.
WITH dated AS (
    SELECT category_id, applies_from AS from_month FROM benefits_rate
    WHERE in_force_from > %(since)s AND in_force_from <= %(until)s
    UNION
    SELECT category_id, (applies_to + 1) FROM benefits_rate
    WHERE ends_in_force_from > %(since)s AND ends_in_force_from <= %(until)s
    UNION
    SELECT r.category_id, b.applies_from
    FROM benefits_base b JOIN benefits_rate r ON r.base_code = b.base_code
    WHERE b.in_force_from > %(since)s AND b.in_force_from <= %(until)s
    UNION
    SELECT r.category_id, (b.applies_to + 1)
    FROM benefits_base b JOIN benefits_rate r ON r.base_code = b.base_code
    WHERE b.ends_in_force_from > %(since)s AND b.ends_in_force_from <= %(until)s
    UNION
    SELECT * FROM unnest(%(categories)s::text[], %(from_months)s::date[])
),

changed AS (
    SELECT category_id, date_trunc('month', min(from_month))::date AS from_month
    FROM dated WHERE from_month < %(month)s GROUP BY category_id
)

-- A month settled elsewhere for the changed benefit may still move money between the person's others (stacking).
INSERT INTO beneficiaries_reckon (person_id, from_month, ready_on, reason)
SELECT e.person_id, min(greatest(c.from_month, e.from_month, own.settled_before)), DATE '1900-01-01', 'rate'
FROM changed c
JOIN beneficiaries_entitlement e ON e.category_id = c.category_id
JOIN (SELECT person_id, min(settled_before) AS settled_before FROM beneficiaries_entitlement GROUP BY person_id) AS own
    ON own.person_id = e.person_id
WHERE (e.last_month IS NULL OR e.last_month >= c.from_month)
  AND greatest(e.from_month, own.settled_before) < %(month)s
GROUP BY e.person_id
ORDER BY e.person_id
