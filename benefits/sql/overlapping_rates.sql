-- Categories in which two rates would hold for the same age and injury rate in a month. Reads: asked, rates.
SELECT DISTINCT one.category_id, one.month
FROM rates one
JOIN rates other ON other.category_id = one.category_id AND other.month = one.month AND other.area_id = one.area_id
    AND other.rate_id > one.rate_id
    AND int4range(one.age_from, one.age_to) && int4range(other.age_from, other.age_to)
    AND int4range(one.injury_from, one.injury_to, '[]') && int4range(other.injury_from, other.injury_to, '[]')
ORDER BY 1, 2
