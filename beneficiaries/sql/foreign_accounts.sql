-- A list's accounts in another name than the person's, where a right to collect for the person has ended by a
-- day or where the account was left for that reason: few, to be judged by name and by document. Reads only.
-- Inputs: routed_on (the day whose methods the list takes), day (that or later), term (the first day on which an authorisation without an end may have begun and still hold).
-- Output: id (of the payout method), person_id, name, holder, right_ended.
WITH ended AS MATERIALIZED (
    SELECT DISTINCT y.person_id
    FROM beneficiaries_payee y
    WHERE y.valid_to < %(day)s OR y.revoked_on <= %(day)s
        OR y.role = 'authorised' AND y.valid_to IS NULL AND y.valid_from < %(term)s
)

SELECT m.id, m.person_id, p.name, m.holder, m.right_ended
FROM ended
JOIN beneficiaries_person p ON p.id = ended.person_id AND p.died_on IS NULL
JOIN beneficiaries_payoutmethod m ON m.person_id = ended.person_id AND m.channel = 'bank'
    AND m.valid_from <= %(day)s AND (m.valid_to IS NULL OR m.valid_to >= %(routed_on)s)
WHERE (m.failed_on IS NULL OR m.right_ended) AND lower(m.holder) <> p.name_folded
ORDER BY m.id
