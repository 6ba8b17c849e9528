-- Which months of which entitlements a slice reckons: what the law reads of an entitlement (no more: the rows are kept
-- and read four times), the month, and whether lines may exist already (looked_back).
-- Inputs: round_number, months (the cycle's, as an array), person_from, person_to; the temporary table taken
-- (person_id, from_month) of look-backs.
-- A regular round asks for the cycle's own months of everybody; only what `taken` names looks back.
-- Months settled elsewhere are asked too (stacking needs them) and dropped when lines are written.
SELECT
    e.id, e.person_id, e.category_id, e.linked_person_id, e.from_month, e.last_month, e.settled_before, e.end_reason,
    e.injury_rate, e.seniority_years, e.heads,
    m.month, false AS looked_back
FROM beneficiaries_entitlement e
CROSS JOIN unnest(%(months)s::date[]) AS m (month)
WHERE %(round_number)s = 0 AND e.person_id >= %(person_from)s AND e.person_id < %(person_to)s
    AND e.from_month <= (%(months)s::date[])[array_length(%(months)s::date[], 1)]
    AND (e.last_month IS NULL OR e.last_month >= (%(months)s::date[])[1])
UNION ALL
SELECT
    e.id, e.person_id, e.category_id, e.linked_person_id, e.from_month, e.last_month, e.settled_before, e.end_reason,
    e.injury_rate, e.seniority_years, e.heads,
    m.month::date, true
FROM (
    SELECT t.person_id, greatest(min(t.from_month), min(own.settled_before)) AS from_month
    FROM taken t
    JOIN beneficiaries_entitlement own USING (person_id)
    GROUP BY t.person_id
) AS back
JOIN beneficiaries_entitlement e ON e.person_id = back.person_id
    AND e.person_id >= %(person_from)s AND e.person_id < %(person_to)s
CROSS JOIN generate_series(back.from_month, (%(months)s::date[])[array_length(%(months)s::date[], 1)], interval '1 month')
    AS m (month)
WHERE %(round_number)s > 0 OR m.month < (%(months)s::date[])[1]
