-- One page of what comes, by month and name. Reads: coming. Inputs: kind and key ('' for all), after and before (a key at which the page begins, or ''), size.
WITH ordered AS (
    SELECT
        c.*, u.name AS commune, row_number() OVER (ORDER BY c.month, c.name_sort COLLATE "C", c.person_id, c.key) AS place
    FROM coming c
    JOIN areas_unit u ON u.id = c.commune_id
    WHERE (%(kind)s = '' OR c.kind = %(kind)s) AND (%(key)s = '' OR c.key = %(key)s)
),

start AS (
    SELECT coalesce(
        (SELECT place FROM ordered WHERE key = %(after)s),
        (SELECT place - %(size)s - 1 FROM ordered WHERE key = %(before)s),
        0
    ) AS place
)

SELECT
    o.*, (SELECT count(*) FROM ordered) AS total, coalesce(child.name, payee.name, cared.name, '') AS about_name,
    coalesce(payee.role, '') AS role
FROM ordered o
CROSS JOIN start
LEFT JOIN beneficiaries_child child ON o.kind IN ('child', 'study') AND child.id = o.about_id
LEFT JOIN beneficiaries_payee payee ON o.kind IN ('adult', 'payee') AND payee.id = o.about_id
LEFT JOIN beneficiaries_person cared ON o.kind IN ('rate', 'end', 'carer') AND cared.id = o.about_id
WHERE o.place > start.place AND o.place <= greatest(start.place, 0) + %(size)s

