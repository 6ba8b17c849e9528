-- I3: the triggers that refuse changes of history are in place and enabled, and whoever asks, unless it is the tables'
-- owner, has no right to change it, nor to write an entry of the audit by hand.
SELECT
    count(*)::int AS rows,
    count(*) FILTER (
        WHERE t.tgenabled IS NULL OR t.tgenabled = 'D'
        OR (owner.rolname <> current_user AND has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE'))
        OR (owner.rolname <> current_user AND history.name = 'audit_entry' AND has_table_privilege(c.oid, 'INSERT'))
    )::int AS broken
FROM unnest(%(tables)s::text[]) AS history (name)
JOIN pg_class c ON c.oid = history.name::regclass
JOIN pg_roles owner ON owner.oid = c.relowner
LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = 'append_only'
