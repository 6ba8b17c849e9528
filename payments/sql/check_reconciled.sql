-- I8: in every closed cycle, each provider's statement adds up to the payments that reached people.
WITH paid AS (
    SELECT r.cycle_id, b.provider_id, sum(p.amount) AS amount
    FROM payments_payment p
    JOIN payments_batch b ON b.id = p.batch_id AND b.state = 'closed'
    JOIN payments_round r ON r.id = b.round_id
    WHERE p.outcome = 'paid'
    GROUP BY r.cycle_id, b.provider_id
),

stated AS (
    SELECT s.cycle_id, s.provider_id, sum(CASE s.kind WHEN 'paid' THEN s.amount ELSE -s.amount END) AS amount
    FROM payments_statementline s
    JOIN payments_cycle c ON c.month = s.cycle_id AND c.state = 'closed'
    GROUP BY s.cycle_id, s.provider_id
)

SELECT
    count(*)::int AS rows,
    count(*) FILTER (WHERE coalesce(paid.amount, 0) <> coalesce(stated.amount, 0))::int AS broken
FROM paid
FULL OUTER JOIN stated USING (cycle_id, provider_id)
