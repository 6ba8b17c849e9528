-- Purpose: the sealed blocks of a table whose rows are no longer those that were sealed.
-- Inputs: the relation `printed` (id, content); table_name.
-- Rerun: reads only.
SELECT s.number, s.ids, s.marks, found.ids AS found_ids, found.marks AS found_marks
FROM audit_seal s
CROSS JOIN LATERAL (
    SELECT
        sha256(coalesce(string_agg(hash, ''::bytea ORDER BY id), ''::bytea)) AS content,
        coalesce(array_agg(id ORDER BY id), '{}') AS ids,
        coalesce(string_agg(substr(hash, 1, 8), ''::bytea ORDER BY id), ''::bytea) AS marks
    FROM (
        SELECT id, sha256(convert_to(content, 'UTF8')) AS hash
        FROM printed
        WHERE id > s.after AND id <= s.upto
    ) AS hashed
) AS found
WHERE s.table_name = %(table_name)s AND found.content <> s.content
ORDER BY s.number
