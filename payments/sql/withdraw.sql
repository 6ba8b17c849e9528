-- Withdraw payments of a batch that have no outcome, with their events, and queue their people's look-back.
-- Inputs: batch_id, payments (ids, or null for all), day, at, by, reason. The batch row is locked by the caller.
WITH withdrawn AS (
    UPDATE payments_payment SET outcome = 'withdrawn', outcome_on = %(day)s
    WHERE batch_id = %(batch_id)s AND outcome IS NULL
        AND (%(payments)s::bigint[] IS NULL OR id = ANY (%(payments)s::bigint[]))
    RETURNING id, person_id
),

queued AS (
    INSERT INTO beneficiaries_reckon (person_id, from_month, ready_on, reason)
    SELECT w.person_id, min(l.for_month), DATE '1900-01-01', 'undelivered'
    FROM withdrawn w JOIN payments_line l ON l.payment_id = w.id
    GROUP BY w.person_id
)

INSERT INTO payments_event (payment_id, from_state, to_state, at, by_id, reason)
SELECT id, '', 'withdrawn', %(at)s, %(by)s, %(reason)s FROM withdrawn
