-- The staged rows that were not applied, each with the row or the person that it collides with.
-- Reads: roll_row, roll_grant.
SELECT r.sheet, r.number, g.problem, other.sheet AS other_sheet, other.number AS other_number
FROM roll_grant g
JOIN roll_row r ON r.id = g.row_id
LEFT JOIN roll_row other ON other.id = g.other_row
WHERE g.problem IS NOT NULL
ORDER BY r.id
