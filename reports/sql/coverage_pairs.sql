-- The pairs of person and scheme that a cycle's figures count: coverage is defined here and in docs/coverage.md.
-- Reads the temporary tables money and money_line. Inputs: month, last_day (of the cycle's last month).
-- Output: the temporary table pair, one row each. Changes nothing else.
-- Counted are pairs with a payment of a finished round that was not withdrawn; whoever is paid through an institution
-- stands outside. Money is live while it is paid or awaits its outcome. A pair is covered when it has live money
-- through a bank and none through the Post. Its place is that of its latest payment.
CREATE TEMPORARY TABLE pair ON COMMIT DROP AS
WITH latest AS (
    SELECT
        pair, max(id) AS payment_id, bool_or(live AND by_bank) AND NOT bool_or(live AND NOT by_bank) AS covered,
        coalesce(sum(amount) FILTER (WHERE live), 0)::bigint AS amount,
        coalesce(sum(amount) FILTER (WHERE live AND by_bank), 0)::bigint AS amount_cashless
    FROM money
    GROUP BY pair
),

in_institutions AS (
    SELECT pair FROM money_line WHERE category_id IN (SELECT code FROM benefits_category WHERE component = 'institution')
)

SELECT
    t.pair, m.person_id, m.commune_id, m.unit_id, m.scheme, t.covered, t.amount, t.amount_cashless, q.sex,
    CASE
        WHEN q.birth_date > y.under_16 THEN '00' WHEN q.birth_date > y.under_60 THEN '16'
        WHEN q.birth_date > y.under_80 THEN '60' ELSE '80'
    END AS age
FROM latest t
JOIN money m ON m.id = t.payment_id
JOIN beneficiaries_person q ON q.id = m.person_id
CROSS JOIN (
    SELECT
        (%(last_day)s::date - INTERVAL '16 years')::date AS under_16,
        (%(last_day)s::date - INTERVAL '60 years')::date AS under_60,
        (%(last_day)s::date - INTERVAL '80 years')::date AS under_80
) AS y
WHERE NOT EXISTS (SELECT FROM in_institutions i WHERE i.pair = t.pair)
