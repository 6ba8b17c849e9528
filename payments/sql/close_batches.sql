-- The settled lists of a cycle become closed, each with its event. Inputs: month, at, by.
WITH closed AS (
    UPDATE payments_batch b SET state = 'closed'
    FROM payments_round r
    WHERE r.id = b.round_id AND r.cycle_id = %(month)s AND b.state = 'settled'
    RETURNING b.id
)

INSERT INTO payments_event (batch_id, from_state, to_state, at, by_id, reason)
SELECT id, 'settled', 'closed', %(at)s, %(by)s, '' FROM closed ORDER BY id
