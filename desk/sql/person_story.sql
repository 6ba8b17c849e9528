-- Purpose: a page of one person's story, newest first: what was entered, changed and looked at, payments, outcomes.
-- Inputs: person_id; before_at, before_what, before_id (the last step of the page before, or null), size.
-- Rerun: reads only. Each part is the person's own few rows, found by an index.
SELECT at, what, id
FROM (
    SELECT at, 'entry' AS what, id FROM audit_entry WHERE person_id = %(person_id)s
    UNION ALL
    SELECT r.started_at, 'payment', p.id
    FROM payments_payment p
    JOIN payments_batch b ON b.id = p.batch_id
    JOIN payments_round r ON r.id = b.round_id
    WHERE p.person_id = %(person_id)s
    UNION ALL
    SELECT e.at, 'event', e.id
    FROM payments_payment p
    JOIN payments_event e ON e.payment_id = p.id
    WHERE p.person_id = %(person_id)s
) AS story
WHERE %(before_at)s::timestamptz IS NULL
    OR (at, what, id) < (%(before_at)s::timestamptz, %(before_what)s::text, %(before_id)s::bigint)
ORDER BY at DESC, what DESC, id DESC
LIMIT %(size)s
