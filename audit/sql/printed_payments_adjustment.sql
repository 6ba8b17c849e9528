-- Each adjustment as the text that is hashed: every column, moments as microseconds, so that no session's setting matters.
SELECT
    id,
    jsonb_build_array(
        id, entitlement_id, for_month, amount, kind, payment_id, decision_number, decision_date, by_id,
        (extract(epoch FROM at) * 1000000)::bigint
    )::text AS content
FROM payments_adjustment
