-- What does not look right in the paid marks of a cycle. Inputs: month, communes (ids), many (people for whom one
-- payee collects), marks and seconds (so many marks of one device within so many seconds).
-- One row an alert: kind, commune, pay_day, name, people (how many it concerns), detail.
WITH paid AS (
    SELECT
        m.*, pay.person_id, point.commune_id, d.day,
        lag(m.marked_at, %(marks)s - 1) OVER (PARTITION BY m.device, m.pay_day_id ORDER BY m.marked_at, m.id) AS before
    FROM postal_mark m
    JOIN payments_payment pay ON pay.id = m.payment_id
    JOIN postal_payday d ON d.id = m.pay_day_id
    JOIN postal_paypoint point ON point.id = d.point_id
    WHERE m.kind = 'paid' AND d.month = %(month)s AND point.commune_id = ANY (%(communes)s::bigint[])
),

collectors AS (
    SELECT
        coalesce(encode(payee.national_id_index, 'hex'), payee.name) AS who, min(payee.name) AS name,
        count(DISTINCT paid.person_id) AS people, min(paid.commune_id) AS commune_id, min(paid.pay_day_id) AS pay_day_id
    FROM paid
    JOIN beneficiaries_payee payee ON payee.id = paid.payee_id
    GROUP BY 1
    HAVING count(DISTINCT paid.person_id) >= %(many)s
)

SELECT 'collector' AS kind, commune_id AS commune, pay_day_id AS pay_day, name, people::int AS people, '' AS detail
FROM collectors
UNION ALL
SELECT
    'fast', min(paid.commune_id), paid.pay_day_id, min(coalesce(nullif(u.full_name, ''), u.username)), count(*)::int, ''
FROM paid
JOIN accounts_user u ON u.id = paid.clerk_id
WHERE paid.before IS NOT NULL AND paid.marked_at - paid.before < make_interval(secs => %(seconds)s)
GROUP BY paid.pay_day_id, paid.device
UNION ALL
SELECT 'dead', paid.commune_id, paid.pay_day_id, person.name, 1, coalesce(to_char(person.died_on, 'DD/MM/YYYY'), '')
FROM paid
JOIN beneficiaries_person person ON person.id = paid.person_id
WHERE NOT EXISTS (
    SELECT FROM beneficiaries_payee payee
    WHERE payee.id = paid.payee_id AND payee.role IN ('funeral_organiser', 'heir')
) AND (
    person.died_on < paid.day
    OR EXISTS (
        SELECT FROM postal_notice n
        WHERE n.person_id = paid.person_id AND n.kind = 'died' AND n.answered_at IS NULL
            AND n.opened_at < paid.received_at
    )
)
UNION ALL
SELECT 'scan', point.commune_id, d.id, point.name, abs(s.signed - counted.people)::int, s.signed::text
FROM postal_payday d
JOIN postal_paypoint point ON point.id = d.point_id
JOIN LATERAL (SELECT sum(signed) AS signed FROM postal_scan WHERE pay_day_id = d.id) AS s ON s.signed IS NOT NULL
CROSS JOIN LATERAL (
    SELECT count(DISTINCT payment_id) AS people FROM postal_mark WHERE pay_day_id = d.id AND kind = 'paid'
) AS counted
WHERE d.month = %(month)s AND point.commune_id = ANY (%(communes)s::bigint[]) AND s.signed <> counted.people
UNION ALL
SELECT 'minutes', point.commune_id, d.id, point.name, abs(n.people - counted.people)::int, n.people::text
FROM postal_minutes n
JOIN postal_payday d ON d.id = n.pay_day_id
JOIN postal_paypoint point ON point.id = d.point_id
CROSS JOIN LATERAL (
    SELECT count(DISTINCT payment_id) AS people FROM postal_mark WHERE pay_day_id = d.id AND kind = 'paid'
) AS counted
WHERE d.month = %(month)s AND point.commune_id = ANY (%(communes)s::bigint[]) AND n.people <> counted.people
UNION ALL
SELECT 'denied', pay.commune_id, l.pay_day_id, person.name, 1, c.note
FROM postal_callback c
JOIN payments_payment pay ON pay.id = c.payment_id
JOIN postal_listing l ON l.payment_id = pay.id
JOIN postal_payday d ON d.id = l.pay_day_id
JOIN beneficiaries_person person ON person.id = pay.person_id
WHERE c.result = 'denied' AND d.month = %(month)s AND pay.commune_id = ANY (%(communes)s::bigint[])
ORDER BY 1, 3, 5 DESC, 4
