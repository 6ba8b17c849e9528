-- What the law looks at, for each entitlement and month in which its dates let it be granted.
-- Reads: asked (an entitlement's columns and a month). Inputs: person_from, person_to (the people concerned), and
-- birth_convention ('first' or 'last': the month of a birth known only to the year).
-- Output: age (whole years at the month's end, as the bands count it), injury, units, and what stacking looks at.
-- A rate that changes with age counts in the birthday's month; an end by age counts after it (rules E04, E10), so
-- the last band is still the one of the birthday's month. Death ends monthly benefits after its month (E05).
-- A carer's rate follows the age of whom they care for: the person linked, else the child named on the grant; where
-- neither is known the age is null, which fits no rate and stops the slice. A benefit by the head counts its children.
WITH dated AS (
    SELECT
        a.id AS entitlement_id, a.month, a.person_id, a.category_id, a.injury_rate AS injury, a.heads,
        a.seniority_years, c.per, c.min_age, c.end_age, p.pension_kind, p.pension_amount,
        extract(year FROM a.month)::int * 12 + extract(month FROM a.month)::int - 1 - (
            extract(year FROM b.birth_date)::int * 12
            + CASE
                WHEN b.birth_precision = 'year' AND %(birth_convention)s = 'last' THEN 12
                ELSE extract(month FROM b.birth_date)::int
            END - 1
        ) AS age_months
    FROM asked a
    JOIN benefits_category c ON c.code = a.category_id
    JOIN beneficiaries_person p ON p.id = a.person_id AND p.id >= %(person_from)s AND p.id < %(person_to)s
    LEFT JOIN beneficiaries_person linked ON linked.id = a.linked_person_id
    LEFT JOIN LATERAL (
        SELECT p.birth_date, p.birth_precision WHERE c.age_of = 'self'
        UNION ALL
        SELECT linked.birth_date, linked.birth_precision WHERE c.age_of = 'linked' AND linked.id IS NOT NULL
        UNION ALL
        SELECT child.birth_date, child.birth_precision FROM beneficiaries_child child
        WHERE c.age_of = 'linked' AND c.per <> 'child' AND linked.id IS NULL AND child.entitlement_id = a.id
        LIMIT 1
    ) AS b ON true
    WHERE a.month >= a.from_month AND (a.last_month IS NULL OR a.month <= a.last_month)
      AND (
          c.kind = 'monthly' AND (p.died_on IS NULL OR a.month <= p.died_on)
          AND (c.component NOT IN ('care', 'PV') OR linked.died_on IS NULL OR a.month <= linked.died_on)
          OR c.kind = 'one_off' AND a.month = a.from_month
          OR c.kind = 'yearly' AND extract(month FROM a.month) = extract(month FROM a.from_month)
      )
      AND NOT EXISTS (
          SELECT FROM beneficiaries_suspension s
          WHERE s.entitlement_id = a.id AND s.from_month <= a.month
            AND (s.until_month IS NULL OR s.until_month >= a.month AND NOT s.arrears)
      )
),

heads AS (
    SELECT d.entitlement_id, d.month, count(*) FILTER (
        WHERE n.age_months - 1 < 16 * 12 OR child.studying_until >= d.month AND n.age_months - 1 < 22 * 12
    ) AS units
    FROM dated d
    JOIN beneficiaries_child child ON child.entitlement_id = d.entitlement_id
    JOIN LATERAL (
        SELECT
            extract(year FROM d.month)::int * 12 + extract(month FROM d.month)::int
            - extract(year FROM child.birth_date)::int * 12
            - CASE
                WHEN child.birth_precision = 'year' AND %(birth_convention)s = 'last' THEN 12
                ELSE extract(month FROM child.birth_date)::int
            END AS age_months
    ) AS n ON true
    WHERE d.per = 'child'
    GROUP BY d.entitlement_id, d.month
)

SELECT
    d.entitlement_id, d.month, d.person_id, d.category_id, d.injury, d.pension_kind, d.pension_amount,
    CASE WHEN d.per = 'child' THEN 0 ELSE least(d.age_months / 12, d.end_age - 1) END AS age,
    CASE d.per
        WHEN 'month' THEN 1
        WHEN 'seniority_year' THEN d.seniority_years
        WHEN 'child' THEN coalesce(heads.units, d.heads, 0)
        ELSE coalesce(d.heads, 0)
    END AS units
FROM dated d
LEFT JOIN heads USING (entitlement_id, month)
WHERE d.per = 'child'
   OR d.age_months IS NULL
   OR (d.min_age IS NULL OR d.age_months >= d.min_age * 12) AND (d.end_age IS NULL OR d.age_months - 1 < d.end_age * 12)
