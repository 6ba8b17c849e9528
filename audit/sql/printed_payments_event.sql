-- Each event as the text that is hashed: every column, moments as microseconds, so that no setting of a session matters.
SELECT
    id,
    jsonb_build_array(
        id, batch_id, payment_id, from_state, to_state, (extract(epoch FROM at) * 1000000)::bigint, by_id, message_id,
        reason
    )::text AS content
FROM payments_event
