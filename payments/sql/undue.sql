-- The decisions of people that grant nothing for the month, with what may be the reason. Reads: asked, due.
SELECT
    a.person_id, a.id AS entitlement_id, a.month, c.code AS category, c.name_vi, c.name_en, c.public_name_vi,
    c.public_name_en, c.sensitive, c.scheme, c.kind, s.from_month AS suspended_from, s.reason AS suspended_for,
    CASE WHEN p.died_on < a.month THEN p.died_on END AS died_on
FROM asked a
JOIN benefits_category c ON c.code = a.category_id
JOIN beneficiaries_person p ON p.id = a.person_id
LEFT JOIN beneficiaries_suspension s ON s.entitlement_id = a.id AND s.from_month <= a.month
    AND (s.until_month IS NULL OR s.until_month >= a.month AND NOT s.arrears)
WHERE NOT EXISTS (SELECT FROM due d WHERE d.entitlement_id = a.id AND d.month = a.month)
ORDER BY c.scheme, c.code, a.id
