-- SHA-256 of a cycle: the hashes of its released lists and the outcome of each payment, list by list. Input: month.
SELECT sha256(convert_to(coalesce(string_agg(content, E'\n' ORDER BY id), ''), 'UTF8')) AS digest
FROM (
    SELECT b.id, b.id || ':' || coalesce(encode(b.released_digest, 'hex'), '') || ':' || encode(sha256(convert_to(
        coalesce(string_agg(p.id || '=' || coalesce(p.outcome, ''), ',' ORDER BY p.id), ''), 'UTF8'
    )), 'hex') AS content
    FROM payments_batch b
    JOIN payments_round r ON r.id = b.round_id AND r.cycle_id = %(month)s
    LEFT JOIN payments_payment p ON p.batch_id = b.id
    GROUP BY b.id
) AS batches
