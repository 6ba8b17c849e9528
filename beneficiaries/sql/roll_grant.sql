-- Which entitlement each staged row is: one that exists, a new one, or a row to refuse.
-- Reads: roll_row, roll_person. Output: temporary table roll_grant, one line a row.
-- A row is an existing entitlement where person and category are the same and the periods overlap.
CREATE TEMPORARY TABLE roll_grant ON COMMIT DROP AS
WITH placed AS (
    SELECT
        r.id AS row_id, p.person_id, p.is_new AS person_is_new, p.problem, p.other_row, r.category,
        daterange(r.from_month, r.last_month, '[]') AS period
    FROM roll_row r
    JOIN roll_person p USING (person_key)
),

repeated AS (
    SELECT later.row_id, min(earlier.row_id) AS other_row
    FROM placed earlier
    JOIN placed later ON later.person_id = earlier.person_id AND later.category = earlier.category
        AND later.row_id > earlier.row_id AND later.period && earlier.period
    GROUP BY later.row_id
),

known AS (
    SELECT p.row_id, min(e.id) AS entitlement_id, count(*) AS matches
    FROM placed p
    JOIN beneficiaries_entitlement e ON e.person_id = p.person_id AND e.category_id = p.category
        AND daterange(e.from_month, e.last_month, '[]') && p.period
    WHERE NOT p.person_is_new
    GROUP BY p.row_id
),

claimed AS (
    SELECT
        row_id, entitlement_id, matches, first_value(row_id) OVER one AS first_row
    FROM known
    WINDOW one AS (PARTITION BY entitlement_id ORDER BY row_id)
)

SELECT
    g.row_id, g.person_id, g.person_is_new, g.is_new, g.other_row, g.problem,
    CASE WHEN g.is_new AND g.problem IS NULL
        THEN nextval(pg_get_serial_sequence('beneficiaries_entitlement', 'id')) ELSE g.entitlement_id
    END AS entitlement_id
FROM (
    SELECT
        p.row_id, p.person_id, p.person_is_new, c.entitlement_id, c.entitlement_id IS NULL AS is_new,
        coalesce(p.other_row, r.other_row, CASE WHEN c.first_row <> p.row_id THEN c.first_row END) AS other_row,
        CASE
            WHEN p.problem IS NOT NULL THEN p.problem
            WHEN r.row_id IS NOT NULL OR c.first_row <> p.row_id THEN 'repeated'
            WHEN c.matches > 1 THEN 'two_entitlements'
        END AS problem
    FROM placed p
    LEFT JOIN repeated r USING (row_id)
    LEFT JOIN claimed c USING (row_id)
    ORDER BY p.row_id
) g
