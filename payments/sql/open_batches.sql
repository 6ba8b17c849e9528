-- A round's possible batches, before its slices start: slices that insert the same batch would wait for each other.
-- Inputs: round_id, month. Safe to repeat: the unique key of a batch. Empty ones go when the round is done.
WITH units AS (
    SELECT DISTINCT paying_unit_id AS unit_id FROM areas_unit
    WHERE paying_unit_id IS NOT NULL AND valid_from <= %(month)s AND (valid_to IS NULL OR valid_to >= %(month)s)
),

providers AS MATERIALIZED (
    SELECT p.code, p.channel FROM beneficiaries_provider p
    WHERE EXISTS (SELECT FROM beneficiaries_payoutmethod m WHERE m.provider_id = p.code)
    UNION
    SELECT code, channel FROM beneficiaries_provider WHERE code = 'POST'
)

INSERT INTO payments_batch (round_id, unit_id, scheme, channel, provider_id, state, count, amount, voucher_number)
SELECT %(round_id)s, units.unit_id, schemes.scheme, providers.channel, providers.code, 'draft', 0, 0, ''
FROM units
CROSS JOIN (VALUES ('NCC'), ('BTXH')) AS schemes (scheme)
CROSS JOIN providers
ORDER BY units.unit_id, schemes.scheme, providers.code
ON CONFLICT DO NOTHING
