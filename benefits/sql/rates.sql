-- The rates in use for each month asked, by the law in force on one day.
-- Reads: asked (month). Input: reckoned_on. Output: per category, month and band the amount of one unit, in đồng.
-- area_id: 0 for the country; every province with bases of its own has its own copy, in which its base stands where it
-- is higher than the national one (Decree 20/2021, Art. 4(3)). Without such bases there is no copy.
-- The rule of choice is that of benefits/models.py: the latest applies_from, then the latest in_force_from, among
-- rows in force, and a row that ends lasts until its end is law. A later row displaces the bands that it covers.
WITH months AS (SELECT DISTINCT month FROM asked),

in_use AS (
    SELECT DISTINCT ON (b.base_code, b.area_id, m.month) b.base_code, b.area_id, m.month, b.id, b.amount
    FROM months m
    JOIN benefits_base b ON b.applies_from <= m.month AND b.in_force_from <= %(reckoned_on)s
        AND (b.applies_to IS NULL OR b.applies_to >= m.month OR b.ends_in_force_from > %(reckoned_on)s)
    ORDER BY b.base_code, b.area_id, m.month, b.applies_from DESC, b.in_force_from DESC
),

areas AS (
    SELECT 0 AS area_id
    UNION
    SELECT area_id FROM benefits_base WHERE area_id IS NOT NULL
),

bases AS (
    SELECT
        n.base_code, n.month, a.area_id,
        CASE WHEN own.amount > n.amount THEN own.id ELSE n.id END AS id, greatest(own.amount, n.amount) AS amount
    FROM in_use n
    CROSS JOIN areas a
    LEFT JOIN in_use own ON own.base_code = n.base_code AND own.month = n.month AND own.area_id = a.area_id
    WHERE n.area_id IS NULL
),

candidates AS (
    SELECT r.*, m.month
    FROM months m
    JOIN benefits_rate r ON r.applies_from <= m.month AND r.in_force_from <= %(reckoned_on)s
        AND (r.applies_to IS NULL OR r.applies_to >= m.month OR r.ends_in_force_from > %(reckoned_on)s)
)

SELECT
    r.category_id, r.month, a.area_id, r.id AS rate_id, b.id AS base_id, r.age_from, r.age_to, r.injury_from, r.injury_to,
    coalesce(r.amount, (floor(r.coefficient * b.amount / r.round_to + 0.5) * r.round_to)::bigint) AS unit_amount
FROM candidates r
CROSS JOIN areas a
LEFT JOIN bases b ON b.base_code = r.base_code AND b.month = r.month AND b.area_id = a.area_id
WHERE NOT EXISTS (
    SELECT FROM candidates later
    WHERE later.category_id = r.category_id AND later.month = r.month
        AND (later.applies_from, later.in_force_from) > (r.applies_from, r.in_force_from)
        AND later.age_from <= r.age_from AND coalesce(later.age_to, 200) >= coalesce(r.age_to, 200)
        AND coalesce(later.injury_from, 0) <= coalesce(r.injury_from, 0)
        AND coalesce(later.injury_to, 100) >= coalesce(r.injury_to, 100)
)
