-- Why new people are still paid in cash, and people of whom the staged row gives another reason.
-- Reads: roll_row, roll_person, roll_change. Input: changes_from, null for the row's own date.
INSERT INTO beneficiaries_obstacle (person_id, reason, noted_on)
SELECT
    m.person_id, r.obstacle,
    CASE WHEN m.is_new THEN r.residence_from ELSE coalesce(%(changes_from)s::date, r.residence_from) END
FROM roll_person m
JOIN roll_row r ON r.id = m.row_id
WHERE m.problem IS NULL AND r.obstacle <> '' AND (m.is_new OR EXISTS (
    SELECT FROM roll_change c WHERE c.what = 'obstacle' AND c.person_id = m.person_id
))
