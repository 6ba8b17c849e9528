-- An obstacle ends where the staged row names another, or where the person now has an account.
-- Reads: roll_row, roll_person, roll_change. Input: changes_from, null for the row's own date.
UPDATE beneficiaries_obstacle h
SET resolved_on = greatest(h.noted_on, coalesce(%(changes_from)s::date, r.residence_from))
FROM roll_change c
JOIN roll_person m ON m.person_id = c.person_id AND m.problem IS NULL
JOIN roll_row r ON r.id = m.row_id
WHERE (c.what = 'obstacle' OR c.what = 'payout' AND r.channel = 'bank' AND r.obstacle = '')
  AND h.person_id = c.person_id AND h.resolved_on IS NULL
