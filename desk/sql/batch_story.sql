-- Purpose: a page of one batch's story, newest first: its changes, its moves, and what became of its payments.
-- Inputs: batch_id; before_at, before_what, before_id (the last step of the page before, or null), size.
-- Rerun: reads only. A batch has some thousands of payments at most, each with an event or two.
SELECT at, what, id
FROM (
    SELECT at, 'entry' AS what, id FROM audit_entry WHERE batch_id = %(batch_id)s
    UNION ALL
    SELECT at, 'event', id FROM payments_event WHERE batch_id = %(batch_id)s
    UNION ALL
    SELECT e.at, 'event', e.id
    FROM payments_payment p
    JOIN payments_event e ON e.payment_id = p.id
    WHERE p.batch_id = %(batch_id)s
) AS story
WHERE %(before_at)s::timestamptz IS NULL
    OR (at, what, id) < (%(before_at)s::timestamptz, %(before_what)s::text, %(before_id)s::bigint)
ORDER BY at DESC, what DESC, id DESC
LIMIT %(size)s
