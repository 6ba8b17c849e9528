-- I2: the events of each batch and payment form one chain from its first state to the state it has.
WITH batch_chain AS (
    SELECT
        batch_id, from_state, to_state,
        lag(to_state, 1, 'draft') OVER (PARTITION BY batch_id ORDER BY id) AS before,
        row_number() OVER (PARTITION BY batch_id ORDER BY id DESC) AS from_last
    FROM payments_event WHERE batch_id IS NOT NULL
),

payment_chain AS (
    SELECT
        payment_id, from_state, to_state,
        lag(to_state, 1, '') OVER (PARTITION BY payment_id ORDER BY id) AS before,
        row_number() OVER (PARTITION BY payment_id ORDER BY id DESC) AS from_last
    FROM payments_event WHERE payment_id IS NOT NULL
)

SELECT
    (SELECT count(*) FROM payments_event)::bigint + (SELECT count(*) FROM payments_payment) AS rows,
    (SELECT count(*) FROM batch_chain WHERE from_state <> before)
    + (SELECT count(*) FROM payment_chain WHERE from_state <> before)
    + (
        SELECT count(*) FROM payments_batch b LEFT JOIN batch_chain e ON e.batch_id = b.id AND e.from_last = 1
        WHERE b.state <> coalesce(e.to_state, 'draft')
    )
    + (
        SELECT count(*) FROM payments_payment p LEFT JOIN payment_chain e ON e.payment_id = p.id AND e.from_last = 1
        WHERE coalesce(p.outcome, '') <> coalesce(e.to_state, '')
    ) AS broken
