-- How many of what comes, by commune and kind. Reads: coming. Input: today.
SELECT u.id AS commune_id, u.name AS commune, c.kind, count(*) AS count
FROM coming c
JOIN beneficiaries_residence h ON h.person_id = c.person_id AND h.valid_from <= %(today)s
    AND (h.valid_to IS NULL OR h.valid_to >= %(today)s)
JOIN areas_unit u ON u.id = h.commune_id
GROUP BY u.id, u.name, c.kind

