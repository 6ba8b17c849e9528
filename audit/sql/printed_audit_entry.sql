-- Each entry as the text that is hashed: every column, moments as microseconds, so that no setting of a session matters.
SELECT
    id,
    jsonb_build_array(
        id, (extract(epoch FROM at) * 1000000)::bigint, kind, table_name, row_key, person_id, batch_id, old, new,
        officer_id, source
    )::text AS content
FROM audit_entry
