-- Homes that reach past the end of their commune, with the commune that follows: the one chosen for the hamlet, else
-- the default successor. Input: on_date. Output: the temporary table homes_to_move; a commune without a successor is
-- left out. A rerun finds only what came in since.
CREATE TEMPORARY TABLE homes_to_move ON COMMIT DROP AS
SELECT
    h.id, h.person_id, h.hamlet, h.valid_from, h.valid_to, coalesce(placed.successor_id, s.successor_id) AS commune_id
FROM beneficiaries_residence h
JOIN areas_unit commune ON commune.id = h.commune_id AND commune.valid_to < %(on_date)s
JOIN areas_succession s ON s.predecessor_id = commune.id AND s.is_default AND s.on_date <= %(on_date)s
LEFT JOIN desk_hamletplacement placed ON placed.predecessor_id = commune.id AND placed.hamlet = h.hamlet
WHERE h.valid_to IS NULL OR h.valid_to >= %(on_date)s
