-- Count, sum and hash of a batch's payments that are not withdrawn. Input: batch_id.
-- The hash covers payment, amount and the account's blind index, in order: never the account itself.
SELECT
    count(*)::int AS count, coalesce(sum(p.amount), 0)::bigint AS amount,
    sha256(convert_to(coalesce(string_agg(
        p.id || ':' || p.amount || ':' || coalesce(encode(m.account_index, 'hex'), ''), E'\n' ORDER BY p.id
    ), ''), 'UTF8')) AS digest
FROM payments_payment p
LEFT JOIN beneficiaries_payoutmethod m ON m.id = p.payout_method_id
WHERE p.batch_id = %(batch_id)s AND p.outcome IS DISTINCT FROM 'withdrawn'
