-- I11: what is kept of the marks is what they come to. Reads the relation marked. A sum that agrees stands twice.
SELECT count(*)::bigint AS rows, (count(*) FILTER (WHERE times <> 2))::bigint AS broken
FROM (
    SELECT count(*) AS times
    FROM (
        SELECT pay_day_id, device, clerk_id, people FROM marked
        UNION ALL
        SELECT pay_day_id, device, clerk_id, people FROM postal_marktally
    ) AS sides
    GROUP BY pay_day_id, device, clerk_id, people
) AS sums
