-- The first person of every part of a preview, and the one after the last person. Input: size (people a part).
SELECT person_id
FROM (
    SELECT person_id, row_number() OVER (ORDER BY person_id) - 1 AS place
    FROM (SELECT DISTINCT person_id FROM beneficiaries_entitlement) AS everybody
) AS placed
WHERE place %% %(size)s = 0
UNION ALL
SELECT max(person_id) + 1 FROM beneficiaries_entitlement HAVING count(*) > 0
ORDER BY 1
