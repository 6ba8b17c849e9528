-- Purpose: the next rows of a table of history in blocks, each with the hash of its rows' hashes, for new seals.
-- Inputs: the relation `printed` (id, content); after, upto (ids), size (rows a block), blocks (at most so many).
-- Rerun: reads only.
SELECT
    min(id) AS first_id,
    max(id) AS last_id,
    count(*)::int AS count,
    sha256(string_agg(hash, ''::bytea ORDER BY id)) AS content,
    array_agg(id ORDER BY id) AS ids,
    string_agg(substr(hash, 1, 8), ''::bytea ORDER BY id) AS marks
FROM (
    SELECT
        id, sha256(convert_to(content, 'UTF8')) AS hash,
        (row_number() OVER (ORDER BY id) - 1) / %(size)s AS block
    FROM printed
    WHERE id > %(after)s AND id <= %(upto)s
    ORDER BY id
    LIMIT %(size)s * %(blocks)s
) AS hashed
GROUP BY block
ORDER BY block
