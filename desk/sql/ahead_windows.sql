-- The birthdays that fall into the months looked ahead to: who is born in [born_from, born_before) is `age` in `month`.
-- Reads: asked (months), turns. Input: birth_convention. by_year: for births known to the year only, which count as December's
-- where the convention is the last month. 16 and 22 end the months of a child (Art. 5(4)), 18 is of age (Civil Code
-- Art. 20).
WITH ages AS (
    SELECT month, age FROM turns
    UNION
    SELECT month, age FROM asked CROSS JOIN (VALUES (16), (18), (22)) AS others (age)
)

SELECT
    month, age, false AS by_year, (month - make_interval(years => age))::date AS born_from,
    (month - make_interval(years => age) + interval '1 month')::date AS born_before
FROM ages
UNION ALL
SELECT
    month, age, true, (date_trunc('year', month) - make_interval(years => age))::date,
    (date_trunc('year', month) - make_interval(years => age) + interval '1 day')::date
FROM ages
WHERE %(birth_convention)s = 'last' AND extract(month FROM month) = 12
