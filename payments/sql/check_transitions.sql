-- I4: every event is a move of the transition table. Inputs: before and after, as parallel arrays.
SELECT count(*)::bigint AS rows, count(*) FILTER (WHERE move.before IS NULL)::bigint AS broken
FROM payments_event e
LEFT JOIN (
    SELECT DISTINCT * FROM unnest(%(before)s::text[], %(after)s::text[]) AS m (before, after)
) AS move ON move.before = e.from_state AND move.after = e.to_state
