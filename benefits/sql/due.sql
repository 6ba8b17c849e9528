-- What is due after categories of one person and month are set against each other.
-- Reads: asked, granted. Output: due (đồng) beside what was granted, and dropped_by (what won, where due is 0).
-- Social protection: only the highest (E07, E09), except that the single parent's support adds to clauses 5, 6, 8;
-- care in an institution excludes Art. 6; a monthly NCC allowance or a pension excludes 5(6) (E11).
-- NCC: everything adds up (N01) but at most two survivor allowances, one care allowance (N02), one carer's allowance
-- for each person cared for (N01), and a special supplement replaces the ordinary one (N06).
-- Most people hold one benefit: only the others go through the ranking.
WITH several AS (
    SELECT person_id, month FROM asked GROUP BY person_id, month HAVING count(*) > 1
),

counted AS (
    SELECT
        g.*, c.scheme, c.kind, c.stacking, c.beside_single_parent, c.excluded_by_ncc,
        CASE
            WHEN c.excluded_by_pension AND g.pension_kind <> ''
                AND NOT (c.allows_lower_pension AND coalesce(g.pension_amount < g.amount, false)) THEN 'pension'
        END AS barred_by,
        s.person_id IS NOT NULL AS several
    FROM granted g
    JOIN benefits_category c ON c.code = g.category_id
    LEFT JOIN several s ON s.person_id = g.person_id AND s.month = g.month
),

standing AS (
    SELECT
        s.*,
        max(s.category_id) FILTER (WHERE s.scheme = 'NCC' AND s.kind = 'monthly' AND s.amount > 0) OVER person
            AS ncc_category,
        max(s.category_id) FILTER (WHERE s.stacking = 'btxh_institution' AND s.amount > 0) OVER person AS institution
    FROM counted s
    WHERE s.several
    WINDOW person AS (PARTITION BY s.person_id, s.month)
),

excluded AS MATERIALIZED (
    SELECT s.*, coalesce(
        CASE WHEN s.excluded_by_ncc THEN s.ncc_category END,
        s.barred_by,
        CASE WHEN s.stacking IN ('btxh_allowance', 'btxh_single_parent') THEN s.institution END,
        (
            SELECT special.code
            FROM benefits_category special
            JOIN standing other ON other.category_id = special.code
            WHERE special.replaces_id = s.category_id AND other.person_id = s.person_id AND other.month = s.month
                AND other.amount > 0
            LIMIT 1
        )
    ) AS excluded_by
    FROM standing s
),

ranked AS (
    SELECT
        e.*,
        e.stacking IN ('btxh_allowance', 'social_pension') AS one_of_highest,
        row_number() OVER kind AS place,
        first_value(e.category_id) OVER kind AS first_of_kind,
        max(e.amount) FILTER (WHERE e.excluded_by IS NULL AND e.stacking = 'btxh_single_parent') OVER person
            AS single_parent,
        max(e.amount) FILTER (
            WHERE e.excluded_by IS NULL AND e.stacking IN ('btxh_allowance', 'social_pension') AND e.beside_single_parent
        ) OVER person AS best_beside,
        max(e.amount) FILTER (
            WHERE e.excluded_by IS NULL AND e.stacking IN ('btxh_allowance', 'social_pension')
                AND NOT e.beside_single_parent
        ) OVER person AS best_alone,
        row_number() OVER (
            PARTITION BY
                e.person_id, e.month, e.excluded_by IS NULL, e.stacking IN ('btxh_allowance', 'social_pension'),
                e.beside_single_parent
            ORDER BY e.amount DESC, e.entitlement_id
        ) AS place_beside
    FROM excluded e
    WINDOW
        person AS (PARTITION BY e.person_id, e.month),
        kind AS (
            PARTITION BY
                e.person_id, e.month, e.stacking, e.excluded_by IS NULL,
                CASE WHEN e.stacking = 'ncc_carer' THEN e.concerns_id END
            ORDER BY e.amount DESC, e.entitlement_id
        )
),

judged AS (
    SELECT r.*, CASE
        WHEN r.excluded_by IS NOT NULL THEN false
        WHEN r.stacking = 'ncc_survivor' THEN r.place <= 2
        WHEN r.stacking IN ('ncc_survivor_care', 'ncc_carer', 'ncc_education') THEN r.place = 1
        WHEN NOT r.one_of_highest AND r.stacking <> 'btxh_single_parent' THEN true
        -- Together the single parent's support and the best of clauses 5, 6, 8 stand against the best of the rest.
        WHEN coalesce(r.single_parent, 0) + coalesce(r.best_beside, 0) >= coalesce(r.best_alone, 0)
            THEN r.stacking = 'btxh_single_parent' AND r.place = 1
                OR r.one_of_highest AND r.beside_single_parent AND r.place_beside = 1
        ELSE r.one_of_highest AND NOT r.beside_single_parent AND r.place_beside = 1
    END AS stands
    FROM ranked r
)

SELECT
    entitlement_id, month, person_id, category_id, units, rate_id, base_id, amount AS granted,
    CASE WHEN barred_by IS NULL THEN amount ELSE 0 END AS due, barred_by AS dropped_by
FROM counted
WHERE NOT several
UNION ALL
SELECT
    j.entitlement_id, j.month, j.person_id, j.category_id, j.units, j.rate_id, j.base_id, j.amount,
    CASE WHEN j.stands THEN j.amount ELSE 0 END,
    CASE WHEN NOT j.stands THEN coalesce(
        j.excluded_by,
        CASE WHEN j.scheme = 'NCC' THEN j.first_of_kind END,
        max(j.category_id) FILTER (WHERE j.stands AND (j.one_of_highest OR j.stacking = 'btxh_single_parent'))
            OVER (PARTITION BY j.person_id, j.month)
    ) END
FROM judged j
