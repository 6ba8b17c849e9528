-- Pairs of living registered people who may be one person, or paid into one account, kept in beneficiaries_likepair.
-- Input: today. A pair: (a) one account of one bank for two people, unless more than eight share it, which is an
-- institution's; (b) the same name and birth, with the day known anywhere, otherwise in one commune; (c) a like name and
-- the same day of birth in one commune, where one of them has no identity number.
-- Output: new, how many pairs were not known. What is no longer so goes, unless somebody has decided about it; rerunning
-- changes nothing.
WITH living AS MATERIALIZED (
    SELECT p.id, p.name_folded, p.birth_date, p.birth_precision, p.national_id_index, r.commune_id
    FROM beneficiaries_person p
    LEFT JOIN beneficiaries_residence r ON r.person_id = p.id AND r.valid_from <= %(today)s
        AND (r.valid_to IS NULL OR r.valid_to >= %(today)s)
    WHERE p.died_on IS NULL
),

account AS MATERIALIZED (
    SELECT DISTINCT m.account_index, m.provider_id, m.person_id
    FROM beneficiaries_payoutmethod m
    JOIN living l ON l.id = m.person_id
    WHERE m.account_index IS NOT NULL AND (m.valid_to IS NULL OR m.valid_to >= %(today)s)
),

shared AS (
    SELECT account_index, provider_id FROM account GROUP BY account_index, provider_id HAVING count(*) BETWEEN 2 AND 8
),

pair AS (
    SELECT a.person_id AS first_id, b.person_id AS second_id, 'account' AS kind
    FROM shared s
    JOIN account a USING (account_index, provider_id)
    JOIN account b USING (account_index, provider_id)
    WHERE a.person_id < b.person_id
    UNION ALL
    SELECT a.id, b.id, 'name'
    FROM living a
    JOIN living b ON b.name_folded = a.name_folded AND b.birth_date = a.birth_date AND a.id < b.id
    WHERE a.birth_precision = 'day' AND b.birth_precision = 'day' OR a.commune_id = b.commune_id
    UNION ALL
    SELECT a.id, b.id, 'like'
    FROM living a
    JOIN living b ON b.birth_date = a.birth_date AND b.commune_id = a.commune_id AND a.id < b.id
        AND b.name_folded <> a.name_folded AND b.birth_precision = 'day'
    WHERE a.birth_precision = 'day' AND (a.national_id_index IS NULL OR b.national_id_index IS NULL)
        AND similarity(a.name_folded, b.name_folded) >= 0.6
),

found AS MATERIALIZED (
    SELECT DISTINCT ON (first_id, second_id) first_id, second_id, kind
    FROM pair
    ORDER BY first_id, second_id, kind
),

gone AS (
    DELETE FROM beneficiaries_likepair k
    WHERE k.verdict = ''
      AND NOT EXISTS (SELECT FROM found f WHERE f.first_id = k.first_id AND f.second_id = k.second_id)
),

kept AS (
    INSERT INTO beneficiaries_likepair AS k (first_id, second_id, kind, found_on, verdict, reason)
    SELECT first_id, second_id, kind, %(today)s, '', '' FROM found
    ON CONFLICT (first_id, second_id) DO UPDATE SET kind = excluded.kind
        WHERE k.verdict = '' AND k.kind <> excluded.kind
    -- A row that was there has been locked for the update; one that is new has not.
    RETURNING k.xmax = 0 AS is_new
)

SELECT count(*) FILTER (WHERE is_new) AS new FROM kept
