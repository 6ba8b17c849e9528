-- Each due of people's month with the rows of the law behind it. Reads: due.
SELECT
    d.person_id, d.entitlement_id, d.category_id AS category, d.month, d.units, d.granted, d.due AS amount, d.dropped_by,
    c.name_vi, c.name_en, c.public_name_vi, c.public_name_en, c.sensitive, c.per, c.scheme, c.article AS ground,
    c.kind, c.stacking, c.replaces_id AS replaces, c.excluded_by_ncc, c.allows_lower_pension,
    r.band_code AS band, r.base_code, r.coefficient, r.amount AS fixed, r.round_to, coalesce(r.article, '') AS article,
    r.legal_source AS source, r.confidence,
    CASE WHEN r.base_code = 'OWN_MONTHLY' THEN (d.granted / r.coefficient)::bigint ELSE b.amount END AS base,
    b.legal_source AS base_source, b.confidence AS base_confidence, coalesce(province.name, '') AS base_area
FROM due d
JOIN benefits_category c ON c.code = d.category_id
LEFT JOIN benefits_rate r ON r.id = d.rate_id
LEFT JOIN benefits_base b ON b.id = d.base_id
LEFT JOIN areas_unit province ON province.id = b.area_id
ORDER BY c.scheme, d.due DESC, d.category_id, d.entitlement_id
