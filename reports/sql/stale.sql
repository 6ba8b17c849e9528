-- Which of these cycles have figures that no longer stand, and what they would now be taken from.
-- Inputs: months (of cycles), before (a moment). at_once: they are new, final, of a new list, or older than that moment.
-- A cycle with no finished round has no figures; while a round is being made again the
-- standing figures stay; those taken after the close stand for ever. Events are append-only, so their number tells
-- every change of a list or a payment, whatever the order in which transactions end.
SELECT
    c.month, fingerprint.text AS fingerprint, lists.settled,
    s.cycle_id IS NULL OR c.state = 'closed' OR rounds.finished > s.taken_at OR s.taken_at <= %(before)s AS at_once
FROM payments_cycle c
LEFT JOIN reports_snapshot s ON s.cycle_id = c.month
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE r.state = 'done') AS done, count(*) FILTER (WHERE r.state <> 'done') AS being_made,
        max(r.finished_at) AS finished,
        string_agg(r.number || '@' || extract(epoch FROM r.finished_at), ',' ORDER BY r.number) AS text
    FROM payments_round r
    WHERE r.cycle_id = c.month
) AS rounds
CROSS JOIN LATERAL (
    SELECT
        coalesce(bool_and(b.state IN ('settled', 'closed', 'cancelled')), FALSE) AS settled,
        string_agg(b.id || b.state, ',' ORDER BY b.id) AS text
    FROM payments_batch b
    JOIN payments_round r ON r.id = b.round_id AND r.state = 'done'
    WHERE r.cycle_id = c.month
) AS lists
CROSS JOIN LATERAL (
    SELECT extract(year FROM c.month)::bigint * 100 + extract(month FROM c.month)::bigint AS head
) AS ids
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM payments_event e
    WHERE e.payment_id >= ids.head * 10000000000000 AND e.payment_id < (ids.head + 1) * 10000000000000
        AND c.state <> 'closed'
) AS events
CROSS JOIN LATERAL (
    SELECT string_agg(reason || n, ',' ORDER BY reason) AS text
    FROM (
        SELECT reason, count(*) || '/' || count(resolved_on) || '/' || max(id) AS n
        FROM beneficiaries_obstacle
        WHERE c.state <> 'closed'
        GROUP BY reason
    ) AS reasons
) AS obstacles
CROSS JOIN LATERAL (
    SELECT max(id) AS last FROM beneficiaries_reckon WHERE reason = 'rate' AND c.state <> 'closed'
) AS law
CROSS JOIN LATERAL (
    SELECT count(*) || '/' || count(*) FILTER (WHERE answer <> 'not_met') AS text FROM beneficiaries_outreach
    WHERE c.state <> 'closed' AND "on" BETWEEN c.month AND (c.last_month + interval '1 month - 1 day')::date
) AS told
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN c.state = 'closed' THEN ''
        ELSE md5(concat_ws(';', rounds.text, lists.text, events.n, obstacles.text, law.last, told.text))
    END AS text
) AS fingerprint
WHERE c.month = ANY (%(months)s::date[])
  AND rounds.done > 0
  AND (s.cycle_id IS NULL OR rounds.being_made = 0 AND s.fingerprint <> fingerprint.text)
ORDER BY c.month
