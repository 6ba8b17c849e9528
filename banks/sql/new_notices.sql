-- What webhooks have to be told and have no notice for yet: releases and recalls (events) and stop orders of their bank.
-- Inputs: at. Safe to rerun: a notice exists once per webhook and event or stop order. Nothing is lost when transactions
-- commit out of order, because what has no notice is looked for, not what is newer than the last.
WITH told AS (
    SELECT w.id AS webhook_id, c.provider_id, c.sandbox, w.since
    FROM banks_webhook w JOIN banks_client c ON c.id = w.client_id
    WHERE w.active AND c.active
),

happened AS (
    SELECT t.webhook_id, e.id AS event_id, NULL::bigint AS stop_id,
        CASE WHEN e.to_state = 'released' THEN 'batch.released' ELSE 'batch.recalled' END AS kind
    FROM told t
    JOIN payments_batch b ON b.provider_id = t.provider_id
    JOIN payments_round r ON r.id = b.round_id
    JOIN payments_cycle y ON y.month = r.cycle_id AND y.sandbox = t.sandbox AND y.state = 'open'
    JOIN payments_event e ON e.batch_id = b.id AND e.at >= t.since
        AND (e.to_state = 'released' OR e.from_state = 'released' AND e.to_state = 'funded')
    UNION ALL
    SELECT t.webhook_id, NULL, s.id, 'stop.ordered'
    FROM told t
    JOIN payments_batch b ON b.provider_id = t.provider_id
    JOIN payments_round r ON r.id = b.round_id
    JOIN payments_cycle y ON y.month = r.cycle_id AND y.sandbox = t.sandbox AND y.state = 'open'
    JOIN payments_payment p ON p.batch_id = b.id
    JOIN payments_stoporder s ON s.payment_id = p.id AND s.ordered_at >= t.since
)

INSERT INTO banks_notice (id, webhook_id, kind, event_id, stop_id, state, attempts, next_at, created_at)
SELECT gen_random_uuid(), h.webhook_id, h.kind, h.event_id, h.stop_id, 'waiting', 0, %(at)s, %(at)s
FROM happened h
WHERE NOT EXISTS (
    SELECT FROM banks_notice n
    WHERE n.webhook_id = h.webhook_id AND (n.event_id = h.event_id OR n.stop_id = h.stop_id)
)
ORDER BY h.event_id, h.stop_id
ON CONFLICT DO NOTHING
