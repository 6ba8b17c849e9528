-- The national rates in use for a month with what they rest on, one row a rate, however many later rows cut its band.
-- Reads: asked (the month), rates.
SELECT
    c.scheme, c.code AS category, c.kind, r.band_code AS code, r.band_name_vi, r.band_name_en, r.age_from, r.age_to,
    r.injury_from, r.injury_to, r.base_code, r.coefficient, b.amount AS base, rates.unit_amount AS amount, r.applies_from,
    r.in_force_from, r.article, r.legal_source AS source, b.legal_source AS base_source, r.confidence,
    b.confidence AS base_confidence, rates.area_id
FROM (SELECT DISTINCT ON (rate_id) * FROM rates WHERE area_id = 0 ORDER BY rate_id, age_from, injury_from) AS rates
JOIN benefits_rate r ON r.id = rates.rate_id
JOIN benefits_category c ON c.code = rates.category_id
LEFT JOIN benefits_base b ON b.id = rates.base_id
ORDER BY c.scheme DESC, c.code, r.age_from, r.injury_from NULLS FIRST, r.band_code
