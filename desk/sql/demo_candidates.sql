-- Who came to the demonstration's account-opening days: everybody of the commune who was paid to a first account of that
-- bank from that month on, changed over by the paying unit's approver. Input: provider. A rerun adds nobody twice.
WITH first_accounts AS (
    SELECT DISTINCT ON (person_id) id, person_id, provider_id, holder, valid_from
    FROM beneficiaries_payoutmethod
    WHERE channel = 'bank'
    ORDER BY person_id, valid_from
),

days AS (
    SELECT c.id, c.commune_id, c."on", c.made_by_id, (c."on" + 20) AS month, min(a.user_id) AS approver
    FROM beneficiaries_campaign c
    JOIN areas_unit u ON u.id = c.commune_id
    JOIN accounts_role a ON a.unit_id = u.paying_unit_id AND a.name = 'approver'
    WHERE c.ended_at IS NOT NULL AND c.provider_id = %(provider)s
      AND NOT EXISTS (SELECT FROM beneficiaries_candidate k WHERE k.campaign_id = c.id)
    GROUP BY c.id
)

INSERT INTO beneficiaries_candidate (
    uuid, campaign_id, person_id, number, consented_on, state, holder, score, why, read_by_id, read_at, accepted_why,
    approved_by_id, approved_at, payout_method_id
)
SELECT
    gen_random_uuid(), d.id, f.person_id, row_number() OVER (PARTITION BY d.id ORDER BY f.person_id), d."on", 'switched',
    f.holder, 100, '', d.made_by_id, d."on" + 2, '', d.approver, d."on" + 3, f.id
FROM days d
JOIN first_accounts f ON f.provider_id = %(provider)s AND f.valid_from > (d.month - interval '1 month')::date
    AND f.valid_from <= d.month
JOIN beneficiaries_residence r ON r.person_id = f.person_id AND r.commune_id = d.commune_id
    AND r.valid_from <= f.valid_from AND (r.valid_to IS NULL OR r.valid_to >= f.valid_from)
