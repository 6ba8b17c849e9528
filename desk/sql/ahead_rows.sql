-- What comes to whom in the months looked ahead to: one row for each benefit, child, payee or suspension, and one for
-- all that a person may newly apply for.
-- Reads: asked (months), turns, windows, rates, turning (everybody with a birthday of those ages in those months), here
-- (of these, who lives in the communes). Inputs: today, communes (whose people), birth_convention, first_month,
-- last_month, from_day (today, or the first of a later first month), school_month (the end of the school year among the months, or null). Output: key (unique), kind, month, person_id, and what the kind is about.
-- Only the people of the windows are looked at, and then where each lives: LIMIT keeps the planner, which cannot know how
-- few they are, from reading everybody's home. Nothing here writes.
WITH running AS NOT MATERIALIZED (
    SELECT e.id, e.person_id, e.category_id, e.linked_person_id, e.from_month, e.last_month, c.age_of, c.per, c.end_age,
        c.stacking, c.component
    FROM beneficiaries_entitlement e
    JOIN benefits_category c ON c.code = e.category_id AND c.kind = 'monthly'
),

-- What they hold beyond the month, read once for what ends or changes and for what may be applied for instead. OFFSET
-- keeps the planner, which cannot know how few they are, from reading everybody's.
held AS MATERIALIZED (
    SELECT t.month, t.age, e.*
    FROM here t
    CROSS JOIN LATERAL (
        SELECT running.id, person_id, category_id, age_of, end_age, stacking FROM running
        WHERE person_id = t.person_id AND from_month <= t.month AND (last_month IS NULL OR last_month > t.month)
        OFFSET 0
    ) AS e
),

-- The person's own age.
own AS (
    SELECT turns.kind, e.month, e.person_id, e.id AS entitlement_id, e.age, NULL::bigint AS about_id, NULL::date AS on_day
    FROM held e
    JOIN turns ON turns.category_id = e.category_id AND turns.month = e.month AND turns.age = e.age
        AND turns.kind IN ('rate', 'end')
    WHERE e.age_of = 'self'
),

-- The carers of those whose birthday comes, few in a province: MATERIALIZED keeps the planner from reading what all of
-- these hold themselves before it asks who is cared for at all.
tied AS MATERIALIZED (
    SELECT e.*, t.month, t.age
    FROM turning t
    JOIN running e ON e.linked_person_id = t.person_id AND e.age_of = 'linked' AND e.per <> 'child'
),

-- The age of whom a carer cares for; the youngest child where nobody on record is named.
cared AS (
    SELECT id, person_id, category_id, from_month, last_month, month, age, linked_person_id AS about_id FROM tied
    UNION ALL
    SELECT e.id, e.person_id, e.category_id, e.from_month, e.last_month, w.month, w.age, NULL
    FROM windows w
    JOIN beneficiaries_child child ON child.birth_date >= w.born_from AND child.birth_date < w.born_before
        AND w.by_year = (child.birth_precision = 'year' AND %(birth_convention)s = 'last')
    JOIN running e ON e.id = child.entitlement_id AND e.age_of = 'linked' AND e.per <> 'child'
    WHERE e.linked_person_id IS NULL AND NOT EXISTS (
        SELECT FROM beneficiaries_child younger
        WHERE younger.entitlement_id = e.id AND younger.birth_date > child.birth_date
    )
),

carers AS (
    SELECT turns.kind, c.month, c.person_id, c.id, c.age, c.about_id, NULL::date
    FROM cared c
    JOIN turns ON turns.category_id = c.category_id AND turns.month = c.month AND turns.age = c.age
        AND turns.kind IN ('rate', 'end')
    WHERE c.from_month <= c.month AND (c.last_month IS NULL OR c.last_month > c.month)
),

-- Whose own benefit ends by age is no longer cared for under it; the carer's has no end in the tables.
no_longer_cared AS (
    SELECT 'carer', t.month, t.person_id, t.id, t.age, t.linked_person_id, NULL::date
    FROM tied t
    JOIN running theirs ON theirs.person_id = t.linked_person_id AND theirs.age_of = 'self' AND theirs.end_age = t.age
    WHERE t.end_age IS NULL AND t.component = 'care'
      AND t.from_month <= t.month AND (t.last_month IS NULL OR t.last_month > t.month)
      AND theirs.from_month <= t.month AND (theirs.last_month IS NULL OR theirs.last_month >= t.month)
),

-- A child paid for by the head: counted through the month in which it turns 16, at school until 22 (facts.sql).
grown AS (
    SELECT 'child', w.month, e.person_id, e.id, w.age, child.id, NULL::date
    FROM windows w
    JOIN beneficiaries_child child ON child.birth_date >= w.born_from AND child.birth_date < w.born_before
        AND w.by_year = (child.birth_precision = 'year' AND %(birth_convention)s = 'last')
    JOIN running e ON e.id = child.entitlement_id AND e.per = 'child'
    WHERE (
            w.age = 16 AND (child.studying_until IS NULL OR child.studying_until < w.month + interval '1 month')
            OR w.age = 22 AND child.studying_until >= w.month
        )
      AND (child.last_month IS NULL OR child.last_month > w.month)
      AND e.from_month <= w.month AND (e.last_month IS NULL OR e.last_month > w.month)
),

left_school AS (
    SELECT 'study', m.month, e.person_id, e.id, NULL::int, child.id, child.studying_until
    FROM asked m
    JOIN beneficiaries_child child
        ON child.studying_until >= m.month AND child.studying_until < m.month + interval '1 month'
    JOIN running e ON e.id = child.entitlement_id AND e.per = 'child'
    CROSS JOIN LATERAL (
        SELECT date_trunc('month', CASE
            WHEN child.birth_precision = 'year' AND %(birth_convention)s = 'last'
                THEN child.birth_date + interval '11 months'
            ELSE child.birth_date
        END) AS month
    ) AS born
    WHERE child.studying_until >= %(first_month)s AND child.studying_until < %(last_month)s::date + interval '1 month'
      AND m.month > born.month + interval '16 years' AND m.month < born.month + interval '22 years'
      AND (child.last_month IS NULL OR child.last_month > m.month)
      AND e.from_month <= m.month AND (e.last_month IS NULL OR e.last_month > m.month)
),

-- Granted while at school: the school year ends in May.
school AS (
    SELECT 'school', %(school_month)s::date, e.person_id, e.id, NULL::int, NULL::bigint, NULL::date
    FROM running e
    WHERE %(school_month)s::date IS NOT NULL AND (e.category_id = 'BTXH_5.2' OR e.component = 'GD')
        AND e.from_month <= %(school_month)s::date
        AND (e.last_month IS NULL OR e.last_month > %(school_month)s::date)
),

-- Of age: nobody acts for them by being a guardian or foster carer alone.
of_age AS (
    SELECT 'adult', t.month, t.person_id, NULL::bigint, t.age, y.id, NULL::date
    FROM here t
    JOIN beneficiaries_payee y ON y.person_id = t.person_id AND y.role IN ('guardian', 'foster_carer')
        AND y.revoked_on IS NULL AND (y.valid_to IS NULL OR y.valid_to >= t.month + interval '1 month')
    WHERE t.age = 18
),

collecting_ends AS (
    SELECT 'payee', date_trunc('month', y.valid_to)::date, y.person_id, NULL::bigint, NULL::int, y.id, y.valid_to
    FROM beneficiaries_payee y
    WHERE y.valid_to >= %(from_day)s AND y.valid_to < %(last_month)s::date + interval '1 month' AND y.revoked_on IS NULL
),

-- Only a decision changes what is paid after a certificate's last day.
certificates AS (
    SELECT 'paper', date_trunc('month', e.certificate_until)::date, e.person_id, e.id, NULL::int, NULL::bigint,
        e.certificate_until
    FROM beneficiaries_entitlement e
    WHERE e.certificate_until >= %(from_day)s AND e.certificate_until < %(last_month)s::date + interval '1 month'
      AND (e.last_month IS NULL OR e.last_month >= e.certificate_until)
),

-- The last month of a suspension with an end; or the third after one for refusing the re-assessment, after which the
-- benefit is to be stopped (Circular 02/2021 Art. 2(1)(đ)).
suspended AS (
    SELECT
        CASE WHEN s.until_month IS NULL THEN 'refused' ELSE 'resume' END,
        CASE WHEN s.until_month IS NULL THEN (s.from_month + interval '2 months')::date ELSE s.until_month END,
        e.person_id, e.id, NULL::int, s.id, NULL::date
    FROM beneficiaries_suspension s
    JOIN running e ON e.id = s.entitlement_id
    WHERE s.until_month BETWEEN %(first_month)s AND %(last_month)s AND (e.last_month IS NULL OR e.last_month > s.until_month)
       OR s.until_month IS NULL AND s.ground = 'refused_assessment' AND e.last_month IS NULL
      AND s.from_month + interval '2 months' BETWEEN %(first_month)s AND %(last_month)s
),

-- What may be applied for at that age, where it would be more than what is granted in its place (Art. 6(2); the higher
-- of the social pension and the allowance, Decree 176/2025 Art. 3). Clause 2 of Art. 5 continues clause 1 alone.
openings AS MATERIALIZED (
    SELECT z.code, z.excluded_by_pension, z.allows_lower_pension, turns.month, turns.age, r.unit_amount
    FROM turns
    JOIN benefits_category z ON z.code = turns.category_id
    JOIN rates r ON r.category_id = z.code AND r.month = turns.month AND r.area_id = 0 AND turns.age >= r.age_from
        AND (r.age_to IS NULL OR turns.age < r.age_to)
    WHERE turns.kind = 'may'
),

-- What grants as much at that age.
as_good AS (
    SELECT o.code, o.month, o.age, has.category_id
    FROM openings o
    JOIN rates has ON has.month = o.month AND has.area_id = 0 AND o.age >= has.age_from
        AND (has.age_to IS NULL OR o.age < has.age_to) AND has.unit_amount >= o.unit_amount
),

of_the_age AS MATERIALIZED (
    SELECT t.month, t.person_id, t.age, o.code, o.unit_amount
    FROM here t
    JOIN openings o ON o.month = t.month AND o.age = t.age
    WHERE NOT o.excluded_by_pension OR t.pension_kind = ''
       OR o.allows_lower_pension AND t.pension_amount < o.unit_amount
),

offered AS (
    SELECT t.month, t.person_id, t.age, array_agg(t.code ORDER BY t.code) AS codes
    FROM of_the_age t
    WHERE NOT EXISTS (
            SELECT FROM held e
            WHERE e.person_id = t.person_id AND e.month = t.month AND (
                    e.category_id = t.code
                    OR (e.end_age IS NULL OR e.end_age > t.age)
                    AND e.stacking IN ('btxh_allowance', 'social_pension', 'btxh_institution')
                    AND (t.code, t.month, t.age, e.category_id) IN (SELECT code, month, age, category_id FROM as_good)
                )
        )
      AND (t.code <> 'BTXH_5.2' OR EXISTS (
            SELECT FROM running e
            WHERE e.person_id = t.person_id AND e.category_id = 'BTXH_5.1' AND e.from_month <= t.month
              AND (e.last_month IS NULL OR e.last_month >= t.month)
        ))
    GROUP BY t.month, t.person_id, t.age
),

found AS (
    SELECT own.*, NULL::text[] AS codes FROM own
    UNION ALL
    SELECT carers.*, NULL FROM carers
    UNION ALL
    SELECT no_longer_cared.*, NULL FROM no_longer_cared
    UNION ALL
    SELECT grown.*, NULL FROM grown
    UNION ALL
    SELECT left_school.*, NULL FROM left_school
    UNION ALL
    SELECT school.*, NULL FROM school
    UNION ALL
    SELECT of_age.*, NULL FROM of_age
    UNION ALL
    SELECT collecting_ends.*, NULL FROM collecting_ends
    UNION ALL
    SELECT suspended.*, NULL FROM suspended
    UNION ALL
    SELECT certificates.*, NULL FROM certificates
    UNION ALL
    SELECT 'may', month, person_id, NULL, age, NULL, NULL, codes FROM offered
)

SELECT
    f.kind || '-' || to_char(f.month, 'YYYYMM') || '-' || coalesce(f.entitlement_id, f.person_id)
        || coalesce('-' || f.about_id, '') AS key,
    f.kind, f.month, f.person_id, f.entitlement_id, f.age, f.about_id, f.on_day, f.codes, home.commune_id, home.hamlet,
    p.name, p.name_sort, p.birth_date, p.birth_precision
FROM found f
JOIN beneficiaries_person p ON p.id = f.person_id AND p.died_on IS NULL
CROSS JOIN LATERAL (
    SELECT r.commune_id, r.hamlet FROM beneficiaries_residence r
    WHERE r.person_id = f.person_id AND r.commune_id = ANY (%(communes)s) AND r.valid_from <= %(today)s
      AND (r.valid_to IS NULL OR r.valid_to >= %(today)s)
    LIMIT 1
) AS home
