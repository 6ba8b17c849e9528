-- Who collects for new people, and for people whose collector changed.
-- Reads: roll_row, roll_person, roll_change. Input: changes_from, null for the row's own date.
-- A roll has no date of authorisation: one taken over counts from the first month paid here, so that it lapses a year
-- after (Civil Code, Art. 563) and not on the first day.
INSERT INTO beneficiaries_payee (
    uuid, person_id, role, name, national_id, national_id_index, document, valid_from
)
SELECT
    coalesce(r.payee_uuid, gen_random_uuid()), m.person_id, r.payee_role, r.payee_name,
    r.payee_national_id, r.payee_national_id_index, '',
    CASE WHEN m.is_new AND r.payee_role = 'authorised' THEN greatest(r.residence_from, r.settled_before)
        WHEN m.is_new THEN r.residence_from ELSE coalesce(%(changes_from)s::date, r.residence_from) END
FROM roll_person m
JOIN roll_row r ON r.id = m.row_id
WHERE m.problem IS NULL AND r.payee_name <> '' AND (m.is_new OR EXISTS (
    SELECT FROM roll_change c WHERE c.what = 'payee' AND c.person_id = m.person_id
))
