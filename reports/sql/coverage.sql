-- The figures of one cycle, counted from its pairs, payments and lines.
-- Reads the temporary tables pair, money and money_line. Inputs: month, before (the cycle before, or NULL), last_day
-- (of the cycle's last month). The snapshot's row exists.
-- Invariant: every pair is in exactly one row of 'whole', so communes add up to units and units to the province.
-- Safe to repeat: the caller holds the cycle's snapshot and has removed its figures.
WITH by_category AS (
    SELECT
        pair, category_id AS key,
        coalesce(sum(amount) FILTER (WHERE live), 0) AS amount,
        coalesce(sum(amount) FILTER (WHERE live AND by_bank), 0) AS amount_cashless,
        count(*) FILTER (WHERE live AND kind = 'regular') AS months
    FROM money_line
    GROUP BY pair, category_id
),

statistics AS (
    SELECT
        x.key, p.sex, p.age, p.commune_id, p.unit_id, p.scheme, count(*) AS people, count(*) FILTER (WHERE p.covered) AS covered,
        sum(x.amount) AS amount, sum(x.amount_cashless) AS amount_cashless, sum(x.months) AS months
    FROM by_category x
    JOIN pair p USING (pair)
    GROUP BY x.key, p.sex, p.age, p.commune_id, p.unit_id, p.scheme
),

by_provider AS (
    SELECT
        pair, provider_id AS key, sum(amount) AS amount,
        coalesce(sum(amount) FILTER (WHERE by_bank), 0) AS amount_cashless
    FROM money
    WHERE live
    GROUP BY pair, provider_id
),

obstacles AS (
    SELECT DISTINCT ON (person_id) person_id, reason
    FROM beneficiaries_obstacle
    WHERE noted_on <= %(last_day)s AND (resolved_on IS NULL OR resolved_on > %(last_day)s)
    ORDER BY person_id, noted_on DESC, id DESC
),

work AS (
    SELECT person_id, 'asked' AS key FROM beneficiaries_outreach
    WHERE "on" BETWEEN %(month)s AND %(last_day)s AND answer <> 'not_met'
    UNION
    -- First accounts that count for this cycle's list and did not for the one before.
    SELECT person_id, 'opened' FROM beneficiaries_payoutmethod m
    WHERE channel = 'bank' AND valid_from > coalesce(%(before)s::date, (%(month)s::date - interval '1 month')::date)
      AND valid_from <= %(month)s AND NOT EXISTS (
        SELECT FROM beneficiaries_payoutmethod e
        WHERE e.person_id = m.person_id AND e.channel = 'bank' AND e.id <> m.id AND e.valid_from < m.valid_from
    )
),

by_kind AS (
    SELECT pair, kind AS key, sum(amount) AS amount, coalesce(sum(amount) FILTER (WHERE by_bank), 0) AS amount_cashless
    FROM money_line
    WHERE live AND kind <> 'regular'
    GROUP BY pair, kind
    UNION ALL
    SELECT pair, outcome, sum(amount), coalesce(sum(amount) FILTER (WHERE by_bank), 0)
    FROM money
    WHERE NOT live
    GROUP BY pair, outcome
),

ages AS (
    SELECT
        age, commune_id, unit_id, scheme, count(*) AS people, count(*) FILTER (WHERE covered) AS covered,
        sum(amount) AS amount, sum(amount_cashless) AS amount_cashless
    FROM pair
    GROUP BY age, commune_id, unit_id, scheme
),

counted AS (
    SELECT
        'age' AS part, age AS key, commune_id, unit_id, scheme, people, covered, amount, amount_cashless, 0 AS months
    FROM ages
    UNION ALL
    SELECT
        'whole', '', commune_id, unit_id, scheme,
        sum(people), sum(covered), sum(amount), sum(amount_cashless), 0
    FROM ages
    GROUP BY commune_id, unit_id, scheme
    UNION ALL
    SELECT
        'category', key, commune_id, unit_id, scheme,
        sum(people), sum(covered), sum(amount), sum(amount_cashless), sum(months)
    FROM statistics
    GROUP BY key, commune_id, unit_id, scheme
    UNION ALL
    SELECT
        'stat', concat(key, '/', sex, age), commune_id, unit_id, scheme, people, covered, amount, amount_cashless, months
    FROM statistics
    WHERE scheme = 'BTXH'
    UNION ALL
    SELECT
        'ledger', concat(l.category_id, '/', l.kind), p.commune_id, p.unit_id, p.scheme,
        count(DISTINCT l.pair), count(DISTINCT l.pair) FILTER (WHERE p.covered), sum(l.amount),
        coalesce(sum(l.amount) FILTER (WHERE l.by_bank), 0), count(*)
    FROM money_line l
    JOIN pair p USING (pair)
    WHERE l.live AND l.kind <> 'regular'
    GROUP BY concat(l.category_id, '/', l.kind), p.commune_id, p.unit_id, p.scheme
    UNION ALL
    SELECT
        'post', coalesce(outcome, 'waiting'), commune_id, unit_id, scheme, count(*), 0, sum(amount), 0, 0
    FROM money
    WHERE NOT by_bank
    GROUP BY coalesce(outcome, 'waiting'), commune_id, unit_id, scheme
    UNION ALL
    SELECT
        'provider', x.key, p.commune_id, p.unit_id, p.scheme,
        count(*), count(*) FILTER (WHERE p.covered), sum(x.amount), sum(x.amount_cashless), 0
    FROM by_provider x
    JOIN pair p USING (pair)
    GROUP BY x.key, p.commune_id, p.unit_id, p.scheme
    UNION ALL
    SELECT
        'obstacle', coalesce(o.reason, ''), p.commune_id, p.unit_id, p.scheme,
        count(*), 0, sum(p.amount), sum(p.amount_cashless), 0
    FROM pair p
    LEFT JOIN obstacles o USING (person_id)
    WHERE NOT p.covered
    GROUP BY coalesce(o.reason, ''), p.commune_id, p.unit_id, p.scheme
    UNION ALL
    SELECT
        'work', w.key, p.commune_id, p.unit_id, p.scheme,
        count(*), count(*) FILTER (WHERE p.covered), sum(p.amount), sum(p.amount_cashless), 0
    FROM work w
    JOIN pair p USING (person_id)
    GROUP BY w.key, p.commune_id, p.unit_id, p.scheme
    UNION ALL
    SELECT
        'money', x.key, p.commune_id, p.unit_id, p.scheme,
        count(*), count(*) FILTER (WHERE p.covered), sum(x.amount), sum(x.amount_cashless), 0
    FROM by_kind x
    JOIN pair p USING (pair)
    GROUP BY x.key, p.commune_id, p.unit_id, p.scheme
)

INSERT INTO reports_figure (
    snapshot_id, part, key, commune_id, unit_id, scheme, people, covered, amount, amount_cashless, months
)
SELECT %(month)s, part, key, commune_id, unit_id, scheme, people, covered, amount, amount_cashless, months
FROM counted
