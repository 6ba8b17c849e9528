-- I7: no message has taken effect on one payment twice, and none that is held has taken any effect.
SELECT
    (SELECT count(*) FROM payments_message)::bigint AS rows,
    (
        SELECT count(*) FROM (
            SELECT FROM payments_event WHERE message_id IS NOT NULL
            GROUP BY message_id, payment_id HAVING count(*) > 1
        ) AS twice
    )
    + (
        SELECT count(*) FROM payments_event e JOIN payments_message m ON m.id = e.message_id
        WHERE m.state = 'quarantined'
    ) AS broken
