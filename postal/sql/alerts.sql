-- What does not look right in the paid marks of a cycle. Inputs: month, communes (ids), many (people for whom one
-- payee collects). One row an alert: kind, commune, pay_day, name, people (how many it concerns), detail.
-- Marks are read from their index alone; a payment's number ends in its person's (docs/adr/002-payment-key.md).
WITH days AS MATERIALIZED (
    SELECT d.id, d.day, point.commune_id, point.name, coalesce(k.people, 0) AS people
    FROM postal_payday d
    JOIN postal_paypoint point ON point.id = d.point_id
    LEFT JOIN postal_marktally k ON k.pay_day_id = d.id AND k.device IS NULL
    WHERE d.month = %(month)s AND point.commune_id = ANY (%(communes)s::bigint[])
),

reported AS MATERIALIZED (
    SELECT n.person_id, min(n.opened_at) AS at
    FROM postal_notice n
    WHERE n.kind = 'died' AND n.answered_at IS NULL
    GROUP BY n.person_id
),

dead AS MATERIALIZED (
    SELECT p.id AS person_id FROM beneficiaries_person p WHERE p.died_on < (SELECT max(day) FROM days)
    UNION ALL
    SELECT r.person_id FROM reported r
),

collected AS MATERIALIZED (
    SELECT
        coalesce(encode(payee.national_id_index, 'hex'), payee.name) AS who, payee.name, d.commune_id, m.pay_day_id,
        m.payment_id %% 10000000000 AS person_id
    FROM days d
    JOIN postal_mark m ON m.pay_day_id = d.id AND m.payee_id IS NOT NULL
    JOIN beneficiaries_payee payee ON payee.id = m.payee_id
),

-- One pass over the month's paid marks; few are of the dead.
paid_to_dead AS MATERIALIZED (
    SELECT d.day, d.commune_id, m.id, m.payment_id %% 10000000000 AS person_id
    FROM days d
    JOIN postal_mark m ON m.pay_day_id = d.id AND m.kind = 'paid'
    WHERE m.payment_id %% 10000000000 IN (SELECT person_id FROM dead)
)

SELECT
    'collector' AS kind, min(commune_id) AS commune, min(pay_day_id) AS pay_day, min(name) AS name,
    count(DISTINCT person_id)::int AS people, '' AS detail
FROM collected
-- Nearly all collect once: the others alone are worth counting whom they collect for.
WHERE who IN (SELECT who FROM collected GROUP BY who HAVING count(*) >= %(many)s)
GROUP BY who
HAVING count(DISTINCT person_id) >= %(many)s
UNION ALL
SELECT 'fast', d.commune_id, d.id, coalesce(nullif(u.full_name, ''), u.username), k.people, ''
FROM days d
JOIN postal_marktally k ON k.pay_day_id = d.id AND k.device IS NOT NULL
JOIN accounts_user u ON u.id = k.clerk_id
UNION ALL
SELECT 'dead', p.commune_id, m.pay_day_id, person.name, 1, coalesce(to_char(person.died_on, 'DD/MM/YYYY'), '')
FROM paid_to_dead p
JOIN postal_mark m ON m.id = p.id
JOIN beneficiaries_person person ON person.id = p.person_id
LEFT JOIN reported ON reported.person_id = p.person_id
WHERE (person.died_on < p.day OR reported.at < m.received_at) AND NOT EXISTS (
    SELECT FROM beneficiaries_payee payee
    WHERE payee.id = m.payee_id AND payee.role IN ('funeral_organiser', 'heir')
)
UNION ALL
SELECT 'scan', d.commune_id, d.id, d.name, abs(s.signed - d.people)::int, s.signed::text
FROM days d
JOIN (SELECT pay_day_id, sum(signed) AS signed FROM postal_scan GROUP BY pay_day_id) AS s ON s.pay_day_id = d.id
WHERE s.signed <> d.people
UNION ALL
SELECT 'minutes', d.commune_id, d.id, d.name, abs(n.people - d.people)::int, n.people::text
FROM days d
JOIN postal_minutes n ON n.pay_day_id = d.id
WHERE n.people <> d.people
UNION ALL
SELECT 'denied', pay.commune_id, l.pay_day_id, person.name, 1, c.note
FROM postal_callback c
JOIN payments_payment pay ON pay.id = c.payment_id
JOIN postal_listing l ON l.payment_id = pay.id
JOIN postal_payday d ON d.id = l.pay_day_id
JOIN beneficiaries_person person ON person.id = pay.person_id
WHERE c.result = 'denied' AND d.month = %(month)s AND pay.commune_id = ANY (%(communes)s::bigint[])
ORDER BY 1, 3, 5 DESC, 4
