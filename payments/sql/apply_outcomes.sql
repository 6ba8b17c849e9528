-- Write the staged outcomes that are news, each with its event. Reads: reported. Inputs: message, at, by.
-- Safe to repeat: what is known already matches no row. The batches are locked by the caller.
WITH news AS (
    UPDATE payments_payment p SET outcome = r.outcome, outcome_on = r.day
    FROM (
        SELECT DISTINCT ON (r.payment_id) r.payment_id, r.outcome, r.day, r.reason, before.outcome AS before
        FROM reported r
        JOIN payments_payment before ON before.id = r.payment_id
        JOIN payments_batch b ON b.id = before.batch_id AND b.state <> 'closed'
        WHERE before.outcome IS DISTINCT FROM r.outcome
        ORDER BY r.payment_id
    ) AS r
    WHERE p.id = r.payment_id
    RETURNING p.id, r.before, p.outcome, r.reason
)

INSERT INTO payments_event (payment_id, from_state, to_state, at, by_id, message_id, reason)
SELECT id, coalesce(before, ''), outcome, %(at)s, %(by)s, %(message)s, reason FROM news
