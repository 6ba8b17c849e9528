-- What the law ties to an age, in the months looked ahead to: `rate` an amount that is another from that birthday on,
-- `end` an eligibility that ends with the birthday's month, `may` a benefit that may be applied for from that birthday.
-- Reads: rates. The ages are those of the tables of the law, in the versions in force; a category without a rate in
-- the month counts for nothing.
WITH bands AS (
    SELECT category_id, month, age_from, unit_amount, lag(unit_amount) OVER (
        PARTITION BY category_id, month, area_id, injury_from ORDER BY age_from
    ) AS below
    FROM rates
),

known AS (SELECT DISTINCT category_id, month FROM rates)

SELECT 'rate' AS kind, b.category_id, b.month, b.age_from AS age, c.age_of
FROM bands b
JOIN benefits_category c ON c.code = b.category_id AND c.kind = 'monthly'
WHERE b.below IS DISTINCT FROM b.unit_amount AND b.below IS NOT NULL
    AND (c.end_age IS NULL OR b.age_from < c.end_age) AND (c.min_age IS NULL OR b.age_from > c.min_age)
GROUP BY b.category_id, b.month, b.age_from, c.age_of
UNION ALL
SELECT 'end', c.code, k.month, c.end_age, c.age_of
FROM benefits_category c
JOIN known k ON k.category_id = c.code
WHERE c.end_age IS NOT NULL AND c.kind = 'monthly' AND c.per <> 'child'
UNION ALL
SELECT 'may', c.code, k.month, c.min_age, c.age_of
FROM benefits_category c
JOIN known k ON k.category_id = c.code
WHERE c.min_age IS NOT NULL AND c.kind = 'monthly' AND c.age_of = 'self'
