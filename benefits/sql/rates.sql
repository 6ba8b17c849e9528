-- The rates in use for each month asked, by the law in force on one day.
-- Reads: asked (month). Input: reckoned_on. Output: per category, month and band the amount of one unit, in đồng.
-- area_id: 0 for the country; every province with bases of its own has its own copy, in which its base stands where it
-- is higher than the national one (Decree 20/2021, Art. 4(3)). Without such bases there is no copy.
-- The rule of choice is that of benefits/models.py: the latest applies_from, then the latest in_force_from, among
-- rows in force, and a row that ends lasts until its end is law. Ages and injury rates are cut wherever any row's band
-- begins or ends, so each piece has one latest row, also where a later row brings finer or coarser bands.
-- law: category and month as one value. By two columns the planner expects two rates in all, and loops over them.
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
    SELECT r.*, m.month, row(r.category_id, m.month) AS law
    FROM months m
    JOIN benefits_rate r ON r.applies_from <= m.month AND r.in_force_from <= %(reckoned_on)s
        AND (r.applies_to IS NULL OR r.applies_to >= m.month OR r.ends_in_force_from > %(reckoned_on)s)
),

ages AS (
    SELECT law, cut AS age_from, lead(cut) OVER (PARTITION BY law ORDER BY cut) AS age_to
    FROM (
        SELECT law, age_from AS cut FROM candidates
        UNION
        SELECT law, age_to FROM candidates WHERE age_to IS NOT NULL
    ) AS cuts
),

injuries AS (
    SELECT law, cut AS injury_from, lead(cut) OVER (PARTITION BY law ORDER BY cut) - 1 AS injury_to
    FROM (
        SELECT law, injury_from AS cut FROM candidates WHERE injury_from IS NOT NULL
        UNION
        SELECT law, injury_to + 1 FROM candidates WHERE injury_to IS NOT NULL
    ) AS cuts
),

chosen AS (
    SELECT DISTINCT ON (r.category_id, r.month, a.age_from, i.injury_from)
        r.id, r.category_id, r.month, r.base_code, r.coefficient, r.round_to, r.amount,
        a.age_from, a.age_to, i.injury_from, i.injury_to
    FROM candidates r
    JOIN ages a ON a.law = r.law AND a.age_from >= r.age_from AND (r.age_to IS NULL OR a.age_from < r.age_to)
    LEFT JOIN injuries i ON i.law = r.law
    WHERE i.injury_from IS NULL OR r.injury_from IS NULL OR i.injury_from BETWEEN r.injury_from AND r.injury_to
    ORDER BY r.category_id, r.month, a.age_from, i.injury_from, r.applies_from DESC, r.in_force_from DESC
)

SELECT
    r.category_id, r.month, a.area_id, r.id AS rate_id, b.id AS base_id, r.age_from, r.age_to, r.injury_from, r.injury_to,
    coalesce(r.amount, (floor(r.coefficient * b.amount / r.round_to + 0.5) * r.round_to)::bigint) AS unit_amount,
    CASE WHEN r.base_code = 'OWN_MONTHLY' THEN r.coefficient END AS times_own
FROM chosen r
CROSS JOIN areas a
LEFT JOIN bases b ON b.base_code = r.base_code AND b.month = r.month AND b.area_id = a.area_id
