-- What each entitlement would grant by itself, before categories are set against each other.
-- Reads: facts, rates, own. A row without a rate, or without the facts that its rate needs, keeps a null amount: the
-- caller stops with a message, it is never zero. A category whose first decree is not yet law on the list date grants
-- nothing so far: its months follow as arrears (rule P12). Input: reckoned_on.
SELECT
    f.entitlement_id, f.month, f.person_id, f.category_id, f.concerns_id, f.units, f.age, f.injury, f.pension_kind,
    f.pension_amount, r.rate_id, r.base_id,
    f.units * coalesce(r.unit_amount, (r.times_own * own.amount)::bigint) AS amount
FROM facts f
LEFT JOIN rates r ON r.category_id = f.category_id AND r.month = f.month AND r.area_id = f.area_id
    AND f.age >= r.age_from AND (r.age_to IS NULL OR f.age < r.age_to)
    AND (r.injury_from IS NULL OR f.injury >= r.injury_from AND (r.injury_to IS NULL OR f.injury <= r.injury_to))
LEFT JOIN own ON own.entitlement_id = f.entitlement_id AND own.month = f.month
WHERE f.category_id NOT IN (
    SELECT category_id FROM benefits_rate GROUP BY category_id HAVING min(in_force_from) > %(reckoned_on)s
)
