-- What the staged rows would change, field by field, as it was and as it will be; the first ones by row.
-- Reads: roll_row, roll_person, roll_change. Run before the changes are applied. Input: most.
-- Accounts come encrypted, each with the uuid that it was encrypted for.
WITH dated AS (
    SELECT c.person_id, c.entitlement_id, c.what, r.*
    FROM roll_change c
    JOIN roll_person m ON m.person_id = c.person_id AND m.problem IS NULL
    JOIN roll_grant g ON g.person_id = c.person_id AND g.problem IS NULL
        AND (c.entitlement_id IS NULL AND g.row_id = m.row_id OR g.entitlement_id = c.entitlement_id)
    JOIN roll_row r ON r.id = g.row_id
),

told AS (
    SELECT d.id, d.sheet, d.number, d.name, v.field, v.before, v.after,
        NULL::uuid AS old_uuid, NULL::bytea AS old_account, NULL::uuid AS new_uuid, NULL::bytea AS new_account
    FROM dated d
    JOIN beneficiaries_person p ON p.id = d.person_id
    CROSS JOIN LATERAL (VALUES
        ('name', p.name, d.name),
        ('birth_date', to_char(p.birth_date, CASE p.birth_precision WHEN 'day' THEN 'DD/MM/YYYY'
            WHEN 'month' THEN 'MM/YYYY' ELSE 'YYYY' END),
            to_char(d.birth_date, CASE d.birth_precision WHEN 'day' THEN 'DD/MM/YYYY'
            WHEN 'month' THEN 'MM/YYYY' ELSE 'YYYY' END)),
        ('sex', p.sex, d.sex),
        ('national_id', CASE WHEN p.national_id IS NULL THEN '' ELSE '•' END,
            CASE WHEN d.national_id IS NULL THEN '' ELSE '•' END),
        ('phone', p.phone, d.phone),
        ('notes', p.notes, d.notes),
        ('died_on', coalesce(to_char(p.died_on, 'DD/MM/YYYY'), ''), coalesce(to_char(d.died_on, 'DD/MM/YYYY'), ''))
    ) AS v (field, before, after)
    WHERE d.what = 'person'
    UNION ALL
    SELECT d.id, d.sheet, d.number, d.name, v.field, v.before, v.after, NULL, NULL, NULL, NULL
    FROM dated d
    LEFT JOIN beneficiaries_residence h ON h.person_id = d.person_id AND h.valid_to IS NULL
    LEFT JOIN areas_unit u ON u.id = h.commune_id
    JOIN areas_unit w ON w.id = d.commune_id
    CROSS JOIN LATERAL (VALUES
        ('commune', coalesce(u.name, ''), w.name), ('hamlet', coalesce(h.hamlet, ''), d.hamlet)
    ) AS v (field, before, after)
    WHERE d.what IN ('moved', 'hamlet')
    UNION ALL
    SELECT d.id, d.sheet, d.number, d.name, v.field, v.before, v.after, NULL, NULL, NULL, NULL
    FROM dated d
    JOIN beneficiaries_entitlement e ON e.id = d.entitlement_id
    CROSS JOIN LATERAL (VALUES
        ('from_month', to_char(e.from_month, 'MM/YYYY'), to_char(d.from_month, 'MM/YYYY')),
        ('last_month', coalesce(to_char(e.last_month, 'MM/YYYY'), ''), coalesce(to_char(d.last_month, 'MM/YYYY'), '')),
        ('end_reason', e.end_reason, d.end_reason),
        ('injury_rate', coalesce(e.injury_rate::text, ''), coalesce(d.injury_rate::text, '')),
        ('seniority_years', coalesce(e.seniority_years::text, ''), coalesce(d.seniority_years::text, '')),
        ('heads', coalesce(e.heads::text, ''), coalesce(d.heads::text, '')),
        ('decision_number', e.decision_number, d.decision_number),
        ('decision_date', coalesce(to_char(e.decision_date, 'DD/MM/YYYY'), ''),
            coalesce(to_char(d.decision_date, 'DD/MM/YYYY'), '')),
        ('disability_certificate', e.disability_certificate, d.disability_certificate),
        ('certificate_until', coalesce(to_char(e.certificate_until, 'DD/MM/YYYY'), ''),
            coalesce(to_char(d.certificate_until, 'DD/MM/YYYY'), ''))
    ) AS v (field, before, after)
    WHERE d.what = 'entitlement'
    UNION ALL
    SELECT d.id, d.sheet, d.number, d.name, 'children',
        (SELECT string_agg(c.name, ', ' ORDER BY c.birth_date, c.name) FROM beneficiaries_child c
            WHERE c.entitlement_id = d.entitlement_id),
        (SELECT string_agg(c.name, ', ' ORDER BY c.birth_date, c.name)
            FROM jsonb_to_recordset(d.children) AS c (name text, birth_date date)), NULL, NULL, NULL, NULL
    FROM dated d WHERE d.what = 'children'
    UNION ALL
    SELECT d.id, d.sheet, d.number, d.name, 'account', coalesce(b.short_name, ''), n.short_name,
        h.uuid, h.account, d.method_uuid, d.account
    FROM dated d
    LEFT JOIN beneficiaries_payoutmethod h ON h.person_id = d.person_id AND h.valid_to IS NULL
    LEFT JOIN beneficiaries_provider b ON b.code = h.provider_id
    JOIN beneficiaries_provider n ON n.code = d.provider
    WHERE d.what = 'payout'
    UNION ALL
    SELECT d.id, d.sheet, d.number, d.name, 'payee_name',
        (SELECT string_agg(y.name, ', ' ORDER BY y.name) FROM beneficiaries_payee y
            WHERE y.person_id = d.person_id AND y.valid_to IS NULL),
        d.payee_name, NULL, NULL, NULL, NULL
    FROM dated d WHERE d.what = 'payee'
    UNION ALL
    SELECT d.id, d.sheet, d.number, d.name, 'obstacle', coalesce(o.reason, ''), d.obstacle, NULL, NULL, NULL, NULL
    FROM dated d
    LEFT JOIN beneficiaries_obstacle o ON o.person_id = d.person_id AND o.resolved_on IS NULL
    WHERE d.what = 'obstacle'
)

SELECT sheet, number, name, field, coalesce(before, '') AS before, coalesce(after, '') AS after,
    old_uuid, old_account, new_uuid, new_account
FROM told
WHERE field = 'account' OR after <> '' AND after IS DISTINCT FROM before
ORDER BY id, field
LIMIT %(most)s
