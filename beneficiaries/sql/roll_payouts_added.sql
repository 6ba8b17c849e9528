-- How new people are paid, and people whose method changed from now on.
-- Reads: roll_row, roll_person, roll_change. Input: changes_from, null for the row's own date.
-- A new person with an account only from a later day is paid by the Post before it.
INSERT INTO beneficiaries_payoutmethod (
    uuid, person_id, channel, provider_id, account, account_index, holder, verified_on, pay_at, valid_from, valid_to
)
SELECT
    gen_random_uuid(), m.person_id, 'post', 'POST', NULL, NULL, '', NULL,
    coalesce(nullif(r.pay_at, ''), 'point'), r.residence_from, r.payout_from - 1
FROM roll_person m
JOIN roll_row r ON r.id = m.row_id
WHERE m.is_new AND m.problem IS NULL AND r.channel = 'bank' AND r.payout_from > r.residence_from
UNION ALL
SELECT
    coalesce(r.method_uuid, gen_random_uuid()), m.person_id, r.channel, r.provider, r.account, r.account_index,
    r.holder, r.verified_on,
    CASE WHEN r.channel = 'bank' THEN '' ELSE coalesce(nullif(r.pay_at, ''), 'point') END,
    CASE WHEN m.is_new AND r.channel = 'bank' THEN greatest(r.residence_from, r.payout_from)
        WHEN m.is_new THEN r.residence_from
        ELSE greatest(
            coalesce(%(changes_from)s::date, r.residence_from), r.payout_from,
            (SELECT max(h.valid_to) + 1 FROM beneficiaries_payoutmethod h WHERE h.person_id = m.person_id)
        )
    END,
    NULL
FROM roll_person m
JOIN roll_row r ON r.id = m.row_id
WHERE m.problem IS NULL AND (m.is_new OR EXISTS (
    SELECT FROM roll_change c WHERE c.what = 'payout' AND c.person_id = m.person_id
))
