-- Who the people of the staged rows are: known already, new, or not to be told (then their rows are refused).
-- Reads: roll_row. Output: temporary table roll_person, one line a person described, by the first of their rows.
-- A citizen number decides; without one, the folded name, birth date and present commune together, and only where
-- one person answers. A number new to someone known without one is taken only if their birth date is exact.
CREATE TEMPORARY TABLE roll_person ON COMMIT DROP AS
WITH described AS (
    SELECT DISTINCT ON (person_key)
        person_key, id AS row_id, national_id_index, name_folded, birth_date, birth_precision, commune_id
    FROM roll_row
    ORDER BY person_key, id
),

by_number AS (
    SELECT DISTINCT ON (d.person_key) d.person_key, p.id
    FROM described d
    JOIN beneficiaries_person p ON p.national_id_index = d.national_id_index
    ORDER BY d.person_key, p.died_on DESC NULLS FIRST, p.id
),

by_name AS (
    SELECT d.person_key, min(p.id) AS id, count(DISTINCT p.id) AS people
    FROM described d
    JOIN beneficiaries_person p ON p.name_folded = d.name_folded AND p.birth_date = d.birth_date
        AND (d.national_id_index IS NULL OR p.national_id_index IS NULL)
    JOIN beneficiaries_residence r ON r.person_id = p.id AND r.commune_id = d.commune_id AND r.valid_to IS NULL
    GROUP BY d.person_key
),

numbered AS (
    SELECT name_folded, birth_date, commune_id, min(row_id) AS row_id
    FROM described WHERE national_id_index IS NOT NULL
    GROUP BY name_folded, birth_date, commune_id
),

known AS (
    SELECT
        d.row_id, d.person_key,
        coalesce(by_number.id, by_name.id) AS person_id,
        by_number.id IS NULL AND by_name.id IS NOT NULL AND d.national_id_index IS NOT NULL AS learns_number,
        CASE WHEN d.national_id_index IS NULL THEN numbered.row_id END AS other_row,
        CASE
            WHEN d.national_id_index IS NULL AND numbered.row_id IS NOT NULL THEN 'number_missing'
            WHEN by_number.id IS NOT NULL THEN NULL
            WHEN by_name.people > 1 THEN 'two_people'
            WHEN by_name.id IS NOT NULL AND d.national_id_index IS NOT NULL AND d.birth_precision <> 'day'
                THEN 'perhaps_known'
        END AS problem
    FROM described d
    LEFT JOIN by_number USING (person_key)
    LEFT JOIN by_name USING (person_key)
    LEFT JOIN numbered USING (name_folded, birth_date, commune_id)
),

told_apart AS (
    SELECT
        k.*,
        first_value(k.row_id) OVER twins AS first_row,
        k.person_id IS NOT NULL AND k.problem IS NULL AND row_number() OVER twins > 1 AS is_twin
    FROM known k
    WINDOW twins AS (PARTITION BY k.person_id, k.problem ORDER BY k.row_id)
)

SELECT
    t.row_id, t.person_key, t.learns_number, t.person_id IS NULL AS is_new,
    coalesce(t.person_id, nextval(pg_get_serial_sequence('beneficiaries_person', 'id'))) AS person_id,
    CASE WHEN t.is_twin THEN t.first_row ELSE t.other_row END AS other_row,
    CASE WHEN t.is_twin THEN 'same_person' ELSE t.problem END AS problem
FROM (SELECT * FROM told_apart ORDER BY row_id) t
