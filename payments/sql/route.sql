-- Where each person's money goes, decided payment by payment. Reads the temporary table owed.
-- Inputs: head (the payment id's digits before scheme and person), month, routed_on, person_from, person_to. Output: the temporary table
-- routed, one row per person and scheme: a verified account that no bank refused takes its bank's batch, everything
-- else the Post's. A dead person's last month goes to the heirs on documents, at the Post (rule D01).
-- The range of people stands at outer joins alone: at an inner one the planner takes it for a second, independent filter.
CREATE TEMPORARY TABLE routed ON COMMIT DROP AS
WITH owing AS (
    SELECT person_id, scheme, sum(delta)::bigint AS amount FROM owed GROUP BY person_id, scheme
)

SELECT
    (%(head)s::bigint * 10 + CASE o.scheme WHEN 'NCC' THEN 1 ELSE 2 END) * 10000000000 + o.person_id AS payment_id,
    o.person_id, o.scheme, o.amount, r.commune_id, commune.paying_unit_id AS unit_id,
    CASE WHEN usable.account THEN m.channel ELSE 'post' END AS channel,
    CASE WHEN usable.account THEN m.provider_id ELSE 'POST' END AS provider_id,
    CASE WHEN usable.account OR m.channel = 'post' THEN m.id END AS payout_method_id
FROM owing o
LEFT JOIN beneficiaries_person p ON p.id = o.person_id AND p.id >= %(person_from)s AND p.id < %(person_to)s
LEFT JOIN beneficiaries_residence r ON r.person_id = o.person_id
    AND r.person_id >= %(person_from)s AND r.person_id < %(person_to)s
    AND r.valid_from <= %(month)s AND (r.valid_to IS NULL OR r.valid_to >= %(month)s)
LEFT JOIN areas_unit commune ON commune.id = r.commune_id AND (commune.valid_to IS NULL OR commune.valid_to >= %(month)s)
LEFT JOIN beneficiaries_payoutmethod m ON m.person_id = o.person_id
    AND m.person_id >= %(person_from)s AND m.person_id < %(person_to)s
    AND m.valid_from <= %(routed_on)s AND (m.valid_to IS NULL OR m.valid_to >= %(routed_on)s)
CROSS JOIN LATERAL (
    SELECT m.channel = 'bank' AND m.verified_on IS NOT NULL AND m.failed_on IS NULL AND p.died_on IS NULL AS account
) AS usable
