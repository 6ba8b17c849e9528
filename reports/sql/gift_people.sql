-- Who is given what on an occasion: one row a person, the highest present only. Inputs: gift, on_date (the day on which
-- they must be entitled and alive), month (its first day), communes (ids). Benefits suspended in that month do not count.
WITH held AS (
    SELECT e.person_id, e.category_id, g.amount
    FROM reports_giftamount g
    JOIN beneficiaries_entitlement e ON e.category_id = g.category_id
    WHERE g.gift_id = %(gift)s AND e.from_month <= %(month)s AND (e.last_month IS NULL OR e.last_month >= %(month)s)
      AND NOT EXISTS (
          SELECT FROM beneficiaries_suspension s
          WHERE s.entitlement_id = e.id AND s.from_month <= %(month)s
            AND (s.until_month IS NULL OR s.until_month >= %(month)s)
      )
),

best AS (
    SELECT DISTINCT ON (person_id) person_id, category_id, amount
    FROM held
    ORDER BY person_id, amount DESC, category_id
)

SELECT
    p.name, p.name_sort, p.birth_date, p.birth_precision, home.hamlet, home.commune_id AS commune,
    b.category_id AS category, b.amount
FROM best b
JOIN beneficiaries_person p ON p.id = b.person_id AND (p.died_on IS NULL OR p.died_on > %(on_date)s)
JOIN beneficiaries_residence home ON home.person_id = p.id AND home.commune_id = ANY (%(communes)s::bigint[])
    AND home.valid_from <= %(on_date)s AND (home.valid_to IS NULL OR home.valid_to >= %(on_date)s)
