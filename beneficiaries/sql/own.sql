-- What the dead person received every month at the end, for the lump sum of three months (rule N03, Decree 131/2021
-- Art. 121(2)): own NCC allowances and supplements in the month of death, without the carer's, survivors' or education
-- allowances. Reads: asked. Input: reckoned_on.
-- Only grants whose rate multiplies OWN_MONTHLY are looked at: in an ordinary month there is none.
-- The rates follow the injury rate alone; a special supplement leaves out the ordinary one (N06). A base is that of the
-- province where the person lived in that month, where it has a higher one of its own.
WITH lumps AS (
    SELECT a.id AS entitlement_id, a.month, d.id AS dead_id, date_trunc('month', d.died_on)::date AS last_month
    FROM asked a
    JOIN beneficiaries_person d ON d.id = coalesce(a.linked_person_id, a.person_id)
    WHERE a.category_id IN (SELECT category_id FROM benefits_rate WHERE base_code = 'OWN_MONTHLY')
),

held AS (
    SELECT
        l.entitlement_id, l.month, l.last_month, e.category_id,
        coalesce((
            SELECT n.injury_rate FROM beneficiaries_factchange n
            WHERE n.entitlement_id = e.id AND n.from_month <= l.last_month AND n.injury_rate IS NOT NULL
            ORDER BY n.from_month DESC LIMIT 1
        ), e.injury_rate, 0) AS injury,
        CASE c.per WHEN 'month' THEN 1 WHEN 'seniority_year' THEN coalesce((
            SELECT n.seniority_years FROM beneficiaries_factchange n
            WHERE n.entitlement_id = e.id AND n.from_month <= l.last_month AND n.seniority_years IS NOT NULL
            ORDER BY n.from_month DESC LIMIT 1
        ), e.seniority_years) END AS units,
        (
            SELECT own.area_id
            FROM beneficiaries_residence home
            JOIN areas_unit commune ON commune.id = home.commune_id
            JOIN areas_unit above ON above.id = commune.parent_id
            JOIN benefits_base own ON own.area_id IN (above.id, above.parent_id)
            WHERE home.person_id = l.dead_id
              AND home.valid_from <= l.last_month AND (home.valid_to IS NULL OR home.valid_to >= l.last_month)
            LIMIT 1
        ) AS area_id
    FROM lumps l
    JOIN beneficiaries_entitlement e ON e.person_id = l.dead_id
        AND e.from_month <= l.last_month AND (e.last_month IS NULL OR e.last_month >= l.last_month)
    JOIN benefits_category c ON c.code = e.category_id
        AND c.kind = 'monthly' AND c.stacking IN ('ncc_add', 'ncc_supplement')
    WHERE NOT EXISTS (
        SELECT FROM beneficiaries_suspension s
        WHERE s.entitlement_id = e.id AND s.from_month <= l.last_month
          AND (s.until_month IS NULL OR s.until_month >= l.last_month AND NOT s.arrears)
    )
),

paid AS (
    SELECT h.entitlement_id, h.month, h.units * (
        SELECT coalesce(r.amount, (floor(r.coefficient * b.amount / r.round_to + 0.5) * r.round_to)::bigint)
        FROM benefits_rate r
        LEFT JOIN LATERAL (
            SELECT CASE WHEN bool_or(latest.area_id IS NULL) THEN max(latest.amount) END AS amount
            FROM (
                SELECT DISTINCT ON (one.area_id) one.area_id, one.amount
                FROM benefits_base one
                WHERE one.base_code = r.base_code AND (one.area_id IS NULL OR one.area_id = h.area_id)
                  AND one.applies_from <= h.last_month AND one.in_force_from <= %(reckoned_on)s
                  AND (one.applies_to IS NULL OR one.applies_to >= h.last_month OR one.ends_in_force_from > %(reckoned_on)s)
                ORDER BY one.area_id, one.applies_from DESC, one.in_force_from DESC
            ) AS latest
        ) AS b ON true
        WHERE r.category_id = h.category_id AND h.injury BETWEEN coalesce(r.injury_from, 0) AND coalesce(r.injury_to, 100)
          AND r.applies_from <= h.last_month AND r.in_force_from <= %(reckoned_on)s
          AND (r.applies_to IS NULL OR r.applies_to >= h.last_month OR r.ends_in_force_from > %(reckoned_on)s)
        ORDER BY r.applies_from DESC, r.in_force_from DESC LIMIT 1
    ) AS amount
    FROM held h
    WHERE NOT EXISTS (
        SELECT FROM held special JOIN benefits_category c ON c.code = special.category_id
        WHERE c.replaces_id = h.category_id AND special.entitlement_id = h.entitlement_id AND special.month = h.month
    )
)

SELECT entitlement_id, month, CASE WHEN bool_and(amount IS NOT NULL) THEN sum(amount) END AS amount
FROM paid
GROUP BY entitlement_id, month
