-- Put every postal payment of a cycle on the list of a pay day, with its number there.
-- Inputs: low and high (the cycle's payment ids), month, day (whose points and homes count), communes (ids).
-- A person's own point, otherwise the commune's main one; home rounds take those paid at home. Several days of a
-- point share its people in order of hamlet and name, a person's two schemes together.
-- Safe to repeat: a payment that stands on a list stays there; what came later follows at the end.
WITH waiting AS (
    SELECT
        p.id, p.person_id, p.batch_id, person.name_sort, coalesce(home.hamlet, '') AS hamlet,
        coalesce(nullif(m.pay_at, ''), 'point') AS place, coalesce(own.point_id, main.id) AS point_id
    FROM payments_payment p
    JOIN payments_batch b ON b.id = p.batch_id AND b.channel = 'post'
        AND b.state IN ('funded', 'released', 'acknowledged')
    JOIN beneficiaries_person person ON person.id = p.person_id
    LEFT JOIN beneficiaries_payoutmethod m ON m.id = p.payout_method_id
    LEFT JOIN beneficiaries_residence home ON home.person_id = p.person_id
        AND home.valid_from <= %(day)s AND (home.valid_to IS NULL OR home.valid_to >= %(day)s)
    LEFT JOIN postal_paypoint main ON main.commune_id = p.commune_id AND main.main
        AND main.valid_from <= %(day)s AND (main.valid_to IS NULL OR main.valid_to >= %(day)s)
    LEFT JOIN postal_personpoint own ON own.person_id = p.person_id
        AND own.valid_from <= %(day)s AND (own.valid_to IS NULL OR own.valid_to >= %(day)s)
    WHERE p.id >= %(low)s AND p.id < %(high)s AND p.outcome IS NULL
        AND p.commune_id = ANY (%(communes)s::bigint[])
        AND NOT EXISTS (SELECT FROM postal_listing l WHERE l.payment_id = p.id)
),

ranked AS (
    SELECT w.*, dense_rank() OVER (
        PARTITION BY w.point_id, w.place ORDER BY w.hamlet, w.name_sort, w.person_id
    ) AS rank
    FROM waiting w
),

shared AS (
    SELECT r.*, max(r.rank) OVER (PARTITION BY r.point_id, r.place) AS people FROM ranked r
),

days AS (
    SELECT
        d.id, d.point_id, d.place,
        row_number() OVER (PARTITION BY d.point_id, d.place ORDER BY d.day, d.id) AS turn,
        count(*) OVER (PARTITION BY d.point_id, d.place) AS days
    FROM postal_payday d
    WHERE d.month = %(month)s AND d.sealed_at IS NULL
),

last_number AS (
    SELECT l.pay_day_id, p.batch_id, max(l.number) AS number
    FROM postal_listing l
    JOIN payments_payment p ON p.id = l.payment_id
    WHERE p.id >= %(low)s AND p.id < %(high)s
    GROUP BY l.pay_day_id, p.batch_id
)

INSERT INTO postal_listing (payment_id, pay_day_id, number)
SELECT
    s.id, d.id,
    coalesce(n.number, 0) + row_number() OVER (
        PARTITION BY d.id, s.batch_id ORDER BY s.hamlet, s.name_sort, s.person_id
    )
FROM shared s
JOIN days d ON d.point_id = s.point_id AND d.place = s.place AND d.turn = 1 + (s.rank - 1) * d.days / s.people
LEFT JOIN last_number n ON n.pay_day_id = d.id AND n.batch_id = s.batch_id
ORDER BY 1
