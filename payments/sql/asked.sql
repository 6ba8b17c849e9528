-- Which months of which entitlements a slice reckons.
-- Inputs: round_number, month, last_month, person_from, person_to; the temporary table taken (person_id, from_month)
-- of look-backs. Output: one row per (entitlement_id, month); looked_back tells whether earlier lines may exist.
-- A regular round asks for the cycle's own months of everybody; only what `taken` names looks back.
-- Months settled elsewhere are asked too (stacking needs them) and dropped when lines are written.
SELECT e.id AS entitlement_id, m.month::date AS month, false AS looked_back
FROM beneficiaries_entitlement e
CROSS JOIN generate_series(%(month)s::date, %(last_month)s::date, interval '1 month') AS m (month)
WHERE %(round_number)s = 0
  AND e.person_id >= %(person_from)s AND e.person_id < %(person_to)s
  AND e.from_month <= m.month AND (e.last_month IS NULL OR e.last_month >= m.month)
UNION ALL
SELECT e.id, m.month::date, true
FROM (
    SELECT person_id, greatest(min(from_month), (
        SELECT min(settled_before) FROM beneficiaries_entitlement own WHERE own.person_id = taken.person_id
    )) AS from_month
    FROM taken GROUP BY person_id
) AS back
JOIN beneficiaries_entitlement e USING (person_id)
CROSS JOIN generate_series(
    back.from_month,
    CASE WHEN %(round_number)s = 0 THEN %(month)s::date - interval '1 month' ELSE %(last_month)s::date END,
    interval '1 month'
) AS m (month)
