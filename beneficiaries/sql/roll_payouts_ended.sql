-- The present payout method of people whose method changed ends the day before the new one begins.
-- Reads: roll_row, roll_person, roll_change. Input: changes_from, null for the row's own date.
-- A method is never edited, and one may already have been paid by: it keeps at least its first day.
UPDATE beneficiaries_payoutmethod h
SET valid_to = greatest(
    h.valid_from, greatest(coalesce(%(changes_from)s::date, r.residence_from), r.payout_from) - 1
)
FROM roll_change c
JOIN roll_person m ON m.person_id = c.person_id AND m.problem IS NULL
JOIN roll_row r ON r.id = m.row_id
WHERE c.what = 'payout' AND h.person_id = c.person_id AND h.valid_to IS NULL
