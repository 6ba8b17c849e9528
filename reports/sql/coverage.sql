-- What coverage means, in one place: the figures of one cycle, from its payments (docs/coverage.md).
-- Reads the temporary tables money and money_line. Inputs: month, last_day (of the cycle's last month). The snapshot's
-- row exists.
-- Counted are pairs (person, scheme) with a payment of a finished round that was not withdrawn; whoever is paid
-- through an institution stands outside. Money is live while it is paid or awaits its outcome. A pair is covered when
-- it has live money through a bank and none through the Post. Its place is that of its latest payment.
-- Invariant: every pair is in exactly one row of 'whole', so communes add up to units and units to the province.
-- Safe to repeat: the caller holds the cycle's snapshot and has removed its figures.
WITH latest AS (
    SELECT
        person_id, scheme, max(id) AS payment_id,
        bool_or(live AND channel = 'bank') AND NOT bool_or(live AND channel = 'post') AS covered,
        coalesce(sum(amount) FILTER (WHERE live), 0) AS amount,
        coalesce(sum(amount) FILTER (WHERE live AND channel = 'bank'), 0) AS amount_cashless
    FROM money
    GROUP BY person_id, scheme
),

pairs AS (
    SELECT t.person_id, t.scheme, t.covered, t.amount, t.amount_cashless, m.commune_id, m.unit_id
    FROM latest t
    JOIN money m ON m.id = t.payment_id
    WHERE NOT EXISTS (
        SELECT FROM money_line l WHERE l.in_institution AND l.person_id = t.person_id AND l.scheme = t.scheme
    )
),

by_category AS (
    SELECT
        person_id, scheme, category_id AS key,
        coalesce(sum(amount) FILTER (WHERE live), 0) AS amount,
        coalesce(sum(amount) FILTER (WHERE live AND channel = 'bank'), 0) AS amount_cashless
    FROM money_line
    GROUP BY person_id, scheme, category_id
),

by_provider AS (
    SELECT
        person_id, scheme, provider_id AS key, sum(amount) AS amount,
        coalesce(sum(amount) FILTER (WHERE channel = 'bank'), 0) AS amount_cashless
    FROM money
    WHERE live
    GROUP BY person_id, scheme, provider_id
),

obstacles AS (
    SELECT DISTINCT ON (person_id) person_id, reason
    FROM beneficiaries_obstacle
    WHERE noted_on <= %(last_day)s AND (resolved_on IS NULL OR resolved_on > %(last_day)s)
    ORDER BY person_id, noted_on DESC, id DESC
),

ages AS (
    SELECT p.*, CASE WHEN age < 16 THEN '00' WHEN age < 60 THEN '16' WHEN age < 80 THEN '60' ELSE '80' END AS key
    FROM pairs p
    JOIN beneficiaries_person q ON q.id = p.person_id
    CROSS JOIN LATERAL (SELECT extract(year FROM age(%(last_day)s::date, q.birth_date))::int AS age) AS years
),

work AS (
    SELECT person_id, 'asked' AS key FROM beneficiaries_obstacle WHERE noted_on BETWEEN %(month)s AND %(last_day)s
    UNION
    SELECT person_id, 'opened' FROM beneficiaries_payoutmethod m
    WHERE channel = 'bank' AND valid_from BETWEEN %(month)s AND %(last_day)s AND NOT EXISTS (
        SELECT FROM beneficiaries_payoutmethod e
        WHERE e.person_id = m.person_id AND e.channel = 'bank' AND e.valid_from < %(month)s
    )
),

by_kind AS (
    SELECT
        person_id, scheme, kind AS key, sum(amount) AS amount,
        coalesce(sum(amount) FILTER (WHERE channel = 'bank'), 0) AS amount_cashless
    FROM money_line
    WHERE live AND kind <> 'regular'
    GROUP BY person_id, scheme, kind
    UNION ALL
    SELECT
        person_id, scheme, outcome, sum(amount), coalesce(sum(amount) FILTER (WHERE channel = 'bank'), 0)
    FROM money
    WHERE NOT live
    GROUP BY person_id, scheme, outcome
),

counted AS (
    SELECT 'whole' AS part, '' AS key, commune_id, unit_id, scheme, covered, amount, amount_cashless FROM pairs
    UNION ALL
    SELECT 'category', x.key, p.commune_id, p.unit_id, p.scheme, p.covered, x.amount, x.amount_cashless
    FROM pairs p
    JOIN by_category x USING (person_id, scheme)
    UNION ALL
    SELECT 'provider', x.key, p.commune_id, p.unit_id, p.scheme, p.covered, x.amount, x.amount_cashless
    FROM pairs p
    JOIN by_provider x USING (person_id, scheme)
    UNION ALL
    SELECT 'obstacle', coalesce(o.reason, ''), p.commune_id, p.unit_id, p.scheme, FALSE, p.amount, p.amount_cashless
    FROM pairs p
    LEFT JOIN obstacles o USING (person_id)
    WHERE NOT p.covered
    UNION ALL
    SELECT 'age', key, commune_id, unit_id, scheme, covered, amount, amount_cashless FROM ages
    UNION ALL
    SELECT 'work', w.key, p.commune_id, p.unit_id, p.scheme, p.covered, p.amount, p.amount_cashless
    FROM pairs p
    JOIN work w USING (person_id)
    UNION ALL
    SELECT 'money', x.key, p.commune_id, p.unit_id, p.scheme, p.covered, x.amount, x.amount_cashless
    FROM pairs p
    JOIN by_kind x USING (person_id, scheme)
)

INSERT INTO reports_figure (
    snapshot_id, part, key, commune_id, unit_id, scheme, people, covered, amount, amount_cashless
)
SELECT
    %(month)s, part, key, commune_id, unit_id, scheme,
    count(*), count(*) FILTER (WHERE covered), sum(amount), sum(amount_cashless)
FROM counted
GROUP BY part, key, commune_id, unit_id, scheme
