-- A digest of the tables by which a roll is read: communes, categories, rates, bases, providers.
-- Two readings of one file under one digest give the same rows.
SELECT md5(string_agg(line, chr(10) ORDER BY line)) AS digest
FROM (
    SELECT 'unit ' || u::text AS line FROM areas_unit u
    UNION ALL SELECT 'category ' || c::text FROM benefits_category c
    UNION ALL SELECT 'rate ' || r::text FROM benefits_rate r
    UNION ALL SELECT 'base ' || b::text FROM benefits_base b
    UNION ALL SELECT 'provider ' || p::text FROM beneficiaries_provider p
) AS lines
