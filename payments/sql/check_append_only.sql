-- I3: the triggers that refuse changes of history are in place and enabled.
SELECT count(*)::int AS rows, count(*) FILTER (WHERE t.tgenabled IS NULL OR t.tgenabled = 'D')::int AS broken
FROM (VALUES ('payments_event'), ('payments_adjustment')) AS history (name)
LEFT JOIN pg_trigger t ON t.tgrelid = history.name::regclass AND t.tgname = 'append_only'
