-- What the law looks at, for each entitlement and month in which its dates let it be granted.
-- Reads: asked (an entitlement's columns and a month). Inputs: person_from, person_to (the people concerned), and
-- birth_convention ('first' or 'last': the month of a birth known only to the year).
-- Output: age (whole years at the month's end, as the bands count it), injury, units, and what stacking looks at.
-- A rate that changes with age counts in the birthday's month; an end by age counts after it (rules E04, E10), so
-- the last band is still the one of the birthday's month. Death ends monthly benefits after its month (E05).
-- A carer's rate follows the age of whom they care for: the person linked, else the child named on the grant; where
-- neither is known the age is null, which fits no rate and stops the slice. A benefit by the head counts its children.
-- area_id: the province of residence in the month where that has bases of its own (benefits_base), otherwise 0; while
-- no province has any, nobody's residence is read.
WITH born AS NOT MATERIALIZED (
    SELECT p.id, p.died_on, p.pension_kind, p.pension_amount, date_part('year', p.birth_date)::int * 12 + CASE
        WHEN p.birth_precision = 'year' AND %(birth_convention)s = 'last' THEN 12
        ELSE date_part('month', p.birth_date)::int
    END AS birth_month
    FROM beneficiaries_person p
),

children AS NOT MATERIALIZED (
    SELECT c.id, c.entitlement_id, c.studying_until, date_part('year', c.birth_date)::int * 12 + CASE
        WHEN c.birth_precision = 'year' AND %(birth_convention)s = 'last' THEN 12
        ELSE date_part('month', c.birth_date)::int
    END AS birth_month
    FROM beneficiaries_child c
),

dated AS (
    SELECT
        a.id AS entitlement_id, a.month, a.person_id, a.category_id, a.injury_rate AS injury, a.heads,
        a.seniority_years, c.per, c.min_age, c.end_age, p.pension_kind, p.pension_amount,
        date_part('year', a.month)::int * 12 + date_part('month', a.month)::int AS month_number,
        date_part('year', a.month)::int * 12 + date_part('month', a.month)::int - CASE c.age_of
            WHEN 'self' THEN p.birth_month
            ELSE coalesce(linked.birth_month, (
                SELECT child.birth_month FROM children child
                WHERE child.entitlement_id = a.id AND c.per <> 'child'
                ORDER BY child.id
                LIMIT 1
            ))
        END AS age_months
    FROM asked a
    JOIN benefits_category c ON c.code = a.category_id
    JOIN born p ON p.id = a.person_id AND p.id >= %(person_from)s AND p.id < %(person_to)s
    LEFT JOIN born linked ON linked.id = a.linked_person_id
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
        WHERE d.month_number - child.birth_month - 1 < 16 * 12
            OR child.studying_until >= d.month AND d.month_number - child.birth_month - 1 < 22 * 12
    ) AS units
    FROM dated d
    JOIN children child ON child.entitlement_id = d.entitlement_id
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
    END AS units,
    CASE WHEN EXISTS (SELECT FROM benefits_base WHERE area_id IS NOT NULL) THEN coalesce((
        SELECT own.area_id
        FROM beneficiaries_residence home
        JOIN areas_unit commune ON commune.id = home.commune_id
        JOIN areas_unit above ON above.id = commune.parent_id
        JOIN benefits_base own ON own.area_id IN (above.id, above.parent_id)
        WHERE home.person_id = d.person_id
          AND home.valid_from <= d.month AND (home.valid_to IS NULL OR home.valid_to >= d.month)
        LIMIT 1
    ), 0) ELSE 0 END AS area_id
FROM dated d
LEFT JOIN heads USING (entitlement_id, month)
WHERE d.per = 'child'
   OR d.age_months IS NULL
   OR (d.min_age IS NULL OR d.age_months >= d.min_age * 12) AND (d.end_age IS NULL OR d.age_months - 1 < d.end_age * 12)
