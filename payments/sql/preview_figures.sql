-- What a change of law does to the dues of some people, in đồng: added up over all, by scheme, category, paying unit
-- and month, each apart for the month asked (past false) and the months before it (past true: arrears).
-- Reads: due_before and due_after (the temporary tables of due, without and with the change). Input: month.
-- People are counted once in every sum, so sums over parts of people add up. Months settled elsewhere do not count.
-- A category that tells of HIV is counted under its scheme's name (rule H01).
WITH compared AS (
    SELECT
        new.person_id, new.category_id, new.month, new.month < %(month)s AS past,
        coalesce(old.due, 0) AS before, coalesce(new.due, 0) AS after,
        old.granted IS NULL AS lacked, new.granted IS NULL AS lacks
    FROM due_after new
    JOIN due_before old ON old.entitlement_id = new.entitlement_id AND old.month = new.month
    JOIN beneficiaries_entitlement e ON e.id = new.entitlement_id AND e.settled_before <= new.month
),

-- The months of a person's category together: a sixth of the rows to sort where six months change.
together AS (
    SELECT
        person_id, category_id, past, sum(before)::bigint AS before, sum(after)::bigint AS after,
        bool_or(before <> after OR lacked <> lacks) AS changed, bool_or(lacked) AS lacked, bool_or(lacks) AS lacks
    FROM compared
    GROUP BY person_id, category_id, past
),

monthly AS (
    SELECT
        person_id, month, sum(before)::bigint AS before, sum(after)::bigint AS after,
        bool_or(before <> after OR lacked <> lacks) AS changed, bool_or(lacked) AS lacked, bool_or(lacks) AS lacks
    FROM compared
    WHERE past
    GROUP BY person_id, month
),

placed AS (
    SELECT
        t.*, c.scheme, CASE WHEN c.sensitive THEN c.scheme ELSE c.code END AS category,
        coalesce(commune.paying_unit_id, 0) AS unit_id,
        t.changed AND sum(t.after - t.before) OVER (PARTITION BY t.person_id, t.past) < 0 AS losing
    FROM together t
    JOIN benefits_category c ON c.code = t.category_id
    LEFT JOIN beneficiaries_residence home ON home.person_id = t.person_id
        AND home.valid_from <= %(month)s AND (home.valid_to IS NULL OR home.valid_to >= %(month)s)
    LEFT JOIN areas_unit commune ON commune.id = home.commune_id
)

SELECT
    past,
    CASE grouping(scheme, category, unit_id)
        WHEN 3 THEN 'scheme' WHEN 5 THEN 'category' WHEN 6 THEN 'unit' ELSE 'all'
    END AS by,
    coalesce(scheme, category, unit_id::text, '') AS key,
    count(DISTINCT person_id)::int AS people,
    (count(DISTINCT person_id) FILTER (WHERE changed))::int AS changed,
    (count(DISTINCT person_id) FILTER (WHERE losing))::int AS losing,
    sum(before)::bigint AS before, sum(after)::bigint AS after,
    (count(DISTINCT person_id) FILTER (WHERE lacked))::int AS unrated_before,
    (count(DISTINCT person_id) FILTER (WHERE lacks))::int AS unrated_after
FROM placed
GROUP BY GROUPING SETS ((past), (past, scheme), (past, category), (past, unit_id))
UNION ALL
SELECT
    true, 'month', to_char(month, 'YYYY-MM'), count(*)::int, (count(*) FILTER (WHERE changed))::int,
    (count(*) FILTER (WHERE after < before))::int, sum(before)::bigint, sum(after)::bigint,
    (count(*) FILTER (WHERE lacked))::int, (count(*) FILTER (WHERE lacks))::int
FROM monthly
GROUP BY month
ORDER BY 1, 2, 3
