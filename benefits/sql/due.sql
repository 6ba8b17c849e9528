-- What is due after categories of one person and month are set against each other.
-- Reads: granted. Output: granted's columns, due (đồng) and dropped_by (the category that won, where due is 0).
-- Social protection: only the highest (E07, E09), except that the single parent's support adds to clauses 5, 6, 8;
-- care in an institution excludes Art. 6; a monthly NCC allowance or a pension excludes 5(6) (E11).
-- NCC: everything adds up (N01) but at most two survivor allowances, one care allowance, one carer's allowance
-- (N02, N01), and a special supplement replaces the ordinary one (N06).
WITH standing AS (
    SELECT
        g.*, c.stacking, c.scheme, c.beside_single_parent, c.replaces_id,
        c.excluded_by_ncc, c.excluded_by_pension, c.allows_lower_pension, p.pension_kind, p.pension_amount,
        count(*) OVER person AS entitlements,
        bool_or(c.scheme = 'NCC' AND c.kind = 'monthly' AND g.amount > 0) OVER person AS has_ncc,
        max(c.code) FILTER (WHERE c.scheme = 'NCC' AND c.kind = 'monthly' AND g.amount > 0) OVER person AS ncc_category,
        max(c.code) FILTER (WHERE c.stacking = 'btxh_institution' AND g.amount > 0) OVER person AS institution,
        array_agg(c.code) FILTER (WHERE g.amount > 0) OVER person AS categories
    FROM granted g
    JOIN benefits_category c ON c.code = g.category_id
    JOIN beneficiaries_person p ON p.id = g.person_id
    WINDOW person AS (PARTITION BY g.person_id, g.month)
),

excluded AS (
    SELECT s.*, CASE
        WHEN s.excluded_by_ncc AND s.has_ncc THEN s.ncc_category
        WHEN s.excluded_by_pension AND s.pension_kind <> ''
            AND NOT (s.allows_lower_pension AND s.pension_amount < s.amount) THEN 'pension'
        WHEN s.stacking IN ('btxh_allowance', 'btxh_single_parent') AND s.institution IS NOT NULL THEN s.institution
        WHEN s.entitlements > 1 THEN (
            SELECT special.code FROM benefits_category special
            WHERE special.replaces_id = s.category_id AND special.code = ANY (s.categories) LIMIT 1
        )
    END AS excluded_by
    FROM standing s
),

ranked AS (
    SELECT
        e.*,
        row_number() OVER (
            PARTITION BY e.person_id, e.month, e.stacking, e.excluded_by IS NULL
            ORDER BY e.amount DESC, e.entitlement_id
        ) AS place,
        first_value(e.category_id) OVER (
            PARTITION BY e.person_id, e.month, e.stacking, e.excluded_by IS NULL
            ORDER BY e.amount DESC, e.entitlement_id
        ) AS first_of_kind,
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
    WINDOW person AS (PARTITION BY e.person_id, e.month)
),

judged AS (
    SELECT r.*, CASE
        WHEN r.excluded_by IS NOT NULL THEN false
        WHEN r.stacking = 'ncc_survivor' THEN r.place <= 2
        WHEN r.stacking IN ('ncc_survivor_care', 'ncc_carer', 'ncc_education') THEN r.place = 1
        WHEN r.stacking NOT IN ('btxh_allowance', 'btxh_single_parent', 'social_pension') THEN true
        -- Together the single parent's support and the best of clauses 5, 6, 8 stand against the best of the rest.
        WHEN coalesce(r.single_parent, 0) + coalesce(r.best_beside, 0) >= coalesce(r.best_alone, 0)
            THEN r.stacking = 'btxh_single_parent' AND r.place = 1 OR r.beside_single_parent AND r.place_beside = 1
        ELSE r.stacking <> 'btxh_single_parent' AND NOT r.beside_single_parent AND r.place_beside = 1
    END AS stands
    FROM ranked r
)

SELECT
    j.entitlement_id, j.month, j.person_id, j.category_id, j.scheme, j.units, j.age, j.injury, j.rate_id, j.base_id,
    j.amount AS granted,
    CASE WHEN j.stands THEN j.amount ELSE 0 END AS due,
    CASE WHEN j.stands THEN NULL ELSE coalesce(
        j.excluded_by,
        CASE WHEN j.scheme = 'NCC' THEN j.first_of_kind END,
        max(j.category_id) FILTER (WHERE j.stands AND j.stacking IN (
            'btxh_allowance', 'btxh_single_parent', 'social_pension'
        )) OVER (PARTITION BY j.person_id, j.month)
    ) END AS dropped_by
FROM judged j
