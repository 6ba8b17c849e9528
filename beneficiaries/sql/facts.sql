-- What the law looks at, for each entitlement and month in which its dates let it be granted.
-- Reads: asked (an entitlement's columns and a month). Input: birth_convention ('first' or 'last': the month of a birth
-- known only to the year). No range of people is asked for beside `asked`: the planner would take the two for
-- independent, expect three rows of millions of people, and loop over what it should hash.
-- Output: age (whole years at the month's end, as the bands count it), injury, units, and what stacking looks at.
-- A rate that changes with age counts in the birthday's month; an end by age counts after it (rules E04, E10), so
-- the last band is still the one of the birthday's month. Death ends monthly and yearly benefits after its month (E05).
-- A carer's rate follows the age of whom they care for: the person linked, else the youngest child named on the grant;
-- where neither is known the age is null, which fits no band and stops the slice; a grant that ends by that age
-- (Art. 20(2)(a): children under 36 months) goes on while nobody is named, as in a pregnancy.
-- A benefit by the head counts its children by their own dates. Units that are not known are null, never zero.
-- concerns_id: whom the benefit concerns, the holder where nobody is linked. Changed facts count from their month (E04).
-- area_id: the province of residence in the month where that has bases of its own (benefits_base), otherwise 0; while
-- no province has any, nobody's residence is read.
WITH born AS NOT MATERIALIZED (
    SELECT p.id, p.died_on, p.pension_kind, p.pension_amount, p.pension_from, date_part('year', p.birth_date)::int * 12 + CASE
        WHEN p.birth_precision = 'year' AND %(birth_convention)s = 'last' THEN 12
        ELSE date_part('month', p.birth_date)::int
    END AS birth_month
    FROM beneficiaries_person p
),

children AS NOT MATERIALIZED (
    SELECT c.entitlement_id, c.studying_until, c.last_month, date_part('year', c.birth_date)::int * 12 + CASE
        WHEN c.birth_precision = 'year' AND %(birth_convention)s = 'last' THEN 12
        ELSE date_part('month', c.birth_date)::int
    END AS birth_month
    FROM beneficiaries_child c
),

changed AS (
    SELECT
        a.id AS entitlement_id, a.month,
        (array_agg(f.injury_rate ORDER BY f.from_month DESC) FILTER (WHERE f.injury_rate IS NOT NULL))[1] AS injury,
        (array_agg(f.seniority_years ORDER BY f.from_month DESC) FILTER (WHERE f.seniority_years IS NOT NULL))[1]
            AS seniority_years,
        (array_agg(f.heads ORDER BY f.from_month DESC) FILTER (WHERE f.heads IS NOT NULL))[1] AS heads
    FROM beneficiaries_factchange f
    JOIN asked a ON a.id = f.entitlement_id AND a.month >= f.from_month
    GROUP BY a.id, a.month
),

dated AS (
    SELECT
        a.id AS entitlement_id, a.month, a.person_id, a.category_id,
        coalesce(a.linked_person_id, a.person_id) AS concerns_id,
        coalesce(n.injury, a.injury_rate) AS injury, coalesce(n.heads, a.heads) AS heads,
        coalesce(n.seniority_years, a.seniority_years) AS seniority_years, c.per, c.min_age, c.end_age,
        CASE WHEN p.pension_from IS NULL OR p.pension_from <= a.month THEN p.pension_kind ELSE '' END AS pension_kind,
        p.pension_amount,
        date_part('year', a.month)::int * 12 + date_part('month', a.month)::int - CASE c.age_of
            WHEN 'self' THEN p.birth_month
            ELSE coalesce(linked.birth_month, (
                SELECT max(child.birth_month) FROM children child
                WHERE child.entitlement_id = a.id AND c.per <> 'child'
            ))
        END AS age_months
    FROM asked a
    JOIN benefits_category c ON c.code = a.category_id
    JOIN born p ON p.id = a.person_id
    LEFT JOIN born linked ON linked.id = a.linked_person_id
    LEFT JOIN changed n ON n.entitlement_id = a.id AND n.month = a.month
    WHERE a.month >= a.from_month AND (a.last_month IS NULL OR a.month <= a.last_month)
      AND (
          c.kind = 'monthly' AND (p.died_on IS NULL OR a.month <= p.died_on)
          AND (c.component NOT IN ('care', 'PV') OR linked.died_on IS NULL OR a.month <= linked.died_on)
          OR c.kind = 'one_off' AND a.month = a.from_month AND a.end_reason <> 'replaced'
          OR c.kind = 'yearly' AND extract(month FROM a.month) = extract(month FROM a.from_month)
          AND (p.died_on IS NULL OR a.month <= p.died_on)
      )
      AND NOT EXISTS (
          SELECT FROM beneficiaries_suspension s
          WHERE s.entitlement_id = a.id AND s.from_month <= a.month
            AND (s.until_month IS NULL OR s.until_month >= a.month AND NOT s.arrears)
      )
),

heads AS (
    SELECT a.id AS entitlement_id, a.month, count(*) FILTER (
        WHERE age.months >= 0 AND (child.last_month IS NULL OR child.last_month >= a.month) AND (
            age.months - 1 < 16 * 12 OR child.studying_until >= a.month AND age.months - 1 < 22 * 12
        )
    ) AS units
    FROM asked a
    JOIN benefits_category c ON c.code = a.category_id AND c.per = 'child'
    JOIN children child ON child.entitlement_id = a.id
    CROSS JOIN LATERAL (
        SELECT date_part('year', a.month)::int * 12 + date_part('month', a.month)::int - child.birth_month AS months
    ) AS age
    GROUP BY a.id, a.month
)

SELECT
    d.entitlement_id, d.month, d.person_id, d.category_id, d.concerns_id, d.injury, d.pension_kind, d.pension_amount,
    CASE WHEN d.per = 'child' THEN 0 ELSE least(d.age_months / 12, d.end_age - 1) END AS age,
    CASE d.per
        WHEN 'month' THEN 1
        WHEN 'seniority_year' THEN d.seniority_years
        WHEN 'child' THEN coalesce(heads.units, d.heads)
        ELSE d.heads
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
