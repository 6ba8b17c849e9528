-- Cut a round into slices of people, as few as `size` allows and of one size, so that progress in slices is progress in
-- people. Inputs: round_id, round_number, reckoned_on, size.
-- Round 0 takes everybody with an entitlement, a supplementary round those whom a ready look-back names.
INSERT INTO payments_slice (round_id, number, person_from, person_to, state, payments, lines, amount)
SELECT
    %(round_id)s, (place - 1) / even, person_id,
    coalesce(lead(person_id) OVER (ORDER BY person_id), last_person + 1), 'pending', 0, 0, 0
FROM (
    SELECT
        person_id, place, last_person, (people + slices - 1) / slices AS even
    FROM (
        SELECT
            person_id, row_number() OVER (ORDER BY person_id) AS place, max(person_id) OVER () AS last_person,
            count(*) OVER () AS people, (count(*) OVER () + %(size)s - 1) / %(size)s AS slices
        FROM (
            SELECT DISTINCT person_id FROM beneficiaries_entitlement WHERE %(round_number)s = 0
            UNION
            SELECT person_id FROM beneficiaries_reckon WHERE ready_on <= %(reckoned_on)s
        ) AS everybody
    ) AS counted
) AS placed
WHERE (place - 1) %% even = 0
