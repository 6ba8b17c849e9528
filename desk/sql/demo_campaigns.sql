-- An account-opening day of one bank for each month of the demonstration's year, in the commune where most people were
-- paid to a first account there from that month on. Inputs: first_month, last_month, provider. A month that has one in its
-- commune keeps it. Every officer is the paying unit's: one prepares, another approves (two_people_change_over).
WITH first_accounts AS (
    SELECT DISTINCT ON (person_id) id, person_id, provider_id, valid_from
    FROM beneficiaries_payoutmethod
    WHERE channel = 'bank'
    ORDER BY person_id, valid_from
),

counted AS (
    SELECT
        (date_trunc('month', f.valid_from - 1) + interval '1 month')::date AS month, r.commune_id, u.paying_unit_id AS unit_id,
        count(*) AS people
    FROM first_accounts f
    JOIN beneficiaries_residence r ON r.person_id = f.person_id AND r.valid_from <= f.valid_from
        AND (r.valid_to IS NULL OR r.valid_to >= f.valid_from)
    JOIN areas_unit u ON u.id = r.commune_id
    WHERE f.provider_id = %(provider)s
    GROUP BY 1, 2, 3
),

chosen AS (
    SELECT DISTINCT ON (month) month, commune_id, unit_id
    FROM counted
    WHERE month BETWEEN %(first_month)s AND %(last_month)s
    ORDER BY month, people DESC, commune_id
),

officers AS (
    SELECT c.month, min(p.user_id) AS preparer
    FROM chosen c
    JOIN accounts_role p ON p.unit_id = c.unit_id AND p.name = 'preparer'
    GROUP BY c.month
)

INSERT INTO beneficiaries_campaign (
    commune_id, provider_id, "on", place, version, made_by_id, made_at, sent_by_id, sent_at, ended_by_id, ended_at
)
SELECT
    c.commune_id, %(provider)s, c.month - 20, 'Nhà văn hóa (giả lập)', 2, o.preparer, c.month - 40, o.preparer, c.month - 25,
    o.preparer, c.month
FROM chosen c
JOIN officers o USING (month)
WHERE NOT EXISTS (
    SELECT FROM beneficiaries_campaign k WHERE k.commune_id = c.commune_id AND k."on" = c.month - 20
)
