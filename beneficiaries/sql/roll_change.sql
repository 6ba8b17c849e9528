-- What the staged rows say differently of people and entitlements that exist. What a row leaves blank is no change.
-- Reads: roll_row, roll_person, roll_grant. Output: temporary table roll_change (person, entitlement, what, and from
-- which month the money may differ: null where it cannot, -infinity for every month).
-- Applied once, the same rows differ in nothing: that is why a roll can be imported again.
CREATE TEMPORARY TABLE roll_change ON COMMIT DROP AS
WITH described AS (
    SELECT g.person_id, m.learns_number, r.*
    FROM roll_person m
    JOIN roll_row r ON r.id = m.row_id
    JOIN roll_grant g ON g.row_id = m.row_id
    WHERE NOT m.is_new AND g.problem IS NULL
),

granted AS (
    SELECT g.entitlement_id, g.person_id, r.*
    FROM roll_grant g
    JOIN roll_row r ON r.id = g.row_id
    WHERE NOT g.is_new AND g.problem IS NULL
),

people AS (
    SELECT d.person_id, CASE
        WHEN (d.birth_date, d.birth_precision) <> (p.birth_date, p.birth_precision) THEN '-infinity'::date
        WHEN d.died_on <> p.died_on OR d.died_on IS NOT NULL AND p.died_on IS NULL
            THEN (date_trunc('month', least(d.died_on, p.died_on)) + interval '1 month')::date
    END AS reckon_from
    FROM described d
    JOIN beneficiaries_person p ON p.id = d.person_id
    WHERE d.learns_number
       OR (d.name, d.birth_date, d.birth_precision) <> (p.name, p.birth_date, p.birth_precision)
       OR d.sex <> '' AND d.sex <> p.sex
       OR d.phone <> '' AND d.phone <> p.phone
       OR d.notes <> '' AND d.notes <> p.notes
       OR d.died_on IS NOT NULL AND d.died_on IS DISTINCT FROM p.died_on
),

residences AS (
    SELECT d.person_id, CASE WHEN r.commune_id = d.commune_id THEN 'hamlet' ELSE 'moved' END AS what
    FROM described d
    LEFT JOIN beneficiaries_residence r ON r.person_id = d.person_id AND r.valid_to IS NULL
    WHERE r.commune_id IS DISTINCT FROM d.commune_id OR d.hamlet <> '' AND d.hamlet <> r.hamlet
),

entitlements AS (
    SELECT g.person_id, g.entitlement_id, least(
        CASE WHEN g.from_month <> e.from_month THEN least(g.from_month, e.from_month) END,
        CASE WHEN g.injury_rate <> coalesce(e.injury_rate, -1)
                OR g.seniority_years <> coalesce(e.seniority_years, -1) OR g.heads <> coalesce(e.heads, -1)
            THEN least(g.from_month, e.from_month) END,
        CASE WHEN g.last_month <> coalesce(e.last_month, 'infinity')
            THEN (least(g.last_month, e.last_month) + interval '1 month')::date END
    ) AS reckon_from
    FROM granted g
    JOIN beneficiaries_entitlement e ON e.id = g.entitlement_id
    WHERE g.from_month <> e.from_month
       OR g.last_month <> coalesce(e.last_month, 'infinity')
       OR g.end_reason <> '' AND g.end_reason <> e.end_reason
       OR g.injury_rate <> coalesce(e.injury_rate, -1)
       OR g.seniority_years <> coalesce(e.seniority_years, -1)
       OR g.heads <> coalesce(e.heads, -1)
       OR g.decision_number <> '' AND g.decision_number <> e.decision_number
       OR g.decision_date <> coalesce(e.decision_date, 'infinity')
       OR g.disability_certificate <> '' AND g.disability_certificate <> e.disability_certificate
       OR g.certificate_until <> coalesce(e.certificate_until, 'infinity')
),

children AS (
    SELECT g.person_id, g.entitlement_id, g.from_month AS reckon_from
    FROM granted g
    WHERE g.children IS NOT NULL AND (
        SELECT array_agg(DISTINCT (c.name, c.birth_date, c.birth_precision)::text)
        FROM jsonb_to_recordset(g.children) AS c (name text, birth_date date, birth_precision text)
    ) IS DISTINCT FROM (
        SELECT array_agg(DISTINCT (c.name, c.birth_date, c.birth_precision)::text)
        FROM beneficiaries_child c WHERE c.entitlement_id = g.entitlement_id
    )
),

payouts AS (
    SELECT d.person_id
    FROM described d
    LEFT JOIN beneficiaries_payoutmethod m ON m.person_id = d.person_id AND m.valid_to IS NULL
    WHERE m.id IS NULL OR (d.channel, d.provider) <> (m.channel, m.provider_id)
       OR d.account_index IS DISTINCT FROM m.account_index
       OR d.holder <> '' AND d.holder <> m.holder
       OR d.channel = 'post' AND d.pay_at <> '' AND d.pay_at <> m.pay_at
),

payees AS (
    SELECT d.person_id
    FROM described d
    WHERE d.payee_name <> '' AND NOT EXISTS (
        SELECT FROM beneficiaries_payee y
        WHERE y.person_id = d.person_id AND y.valid_to IS NULL AND y.name = d.payee_name
          AND (d.payee_national_id_index IS NULL OR y.national_id_index = d.payee_national_id_index)
    )
),

obstacles AS (
    SELECT d.person_id
    FROM described d
    LEFT JOIN beneficiaries_obstacle o ON o.person_id = d.person_id AND o.resolved_on IS NULL
    WHERE d.obstacle <> '' AND d.obstacle IS DISTINCT FROM o.reason
)

SELECT person_id, NULL::bigint AS entitlement_id, 'person' AS what, reckon_from FROM people
UNION ALL SELECT person_id, NULL, what, NULL FROM residences
UNION ALL SELECT person_id, entitlement_id, 'entitlement', reckon_from FROM entitlements
UNION ALL SELECT person_id, entitlement_id, 'children', reckon_from FROM children
UNION ALL SELECT person_id, NULL, 'payout', NULL FROM payouts
UNION ALL SELECT person_id, NULL, 'payee', NULL FROM payees
UNION ALL SELECT person_id, NULL, 'obstacle', NULL FROM obstacles
