-- Which entitlement each staged row is: one that exists, a new one, or a row to refuse.
-- Reads: roll_row, roll_person. Input: funerals (category codes). Output: temporary table roll_grant, one line a row.
-- A row is an existing entitlement where person and category are the same and the periods overlap. Of all funeral
-- grants a death has one: of several new ones the first row stands, and none beside one that exists (E13, N04).
CREATE TEMPORARY TABLE roll_grant ON COMMIT DROP AS
WITH placed AS (
    SELECT
        r.id AS row_id, p.person_id, p.is_new AS person_is_new, p.problem, p.other_row, r.category,
        r.category = ANY (%(funerals)s::text[]) AND r.end_reason <> 'replaced' AS buries,
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
),

judged AS (
    SELECT
        p.row_id, p.person_id, p.person_is_new, p.buries, c.entitlement_id, c.entitlement_id IS NULL AS is_new,
        coalesce(p.other_row, r.other_row, CASE WHEN c.first_row <> p.row_id THEN c.first_row END) AS other_row,
        CASE
            WHEN p.problem IS NOT NULL THEN p.problem
            WHEN r.row_id IS NOT NULL OR c.first_row <> p.row_id THEN 'repeated'
            WHEN c.matches > 1 THEN 'two_entitlements'
        END AS problem
    FROM placed p
    LEFT JOIN repeated r USING (row_id)
    LEFT JOIN claimed c USING (row_id)
),

funerals AS (
    SELECT
        j.row_id, min(j.row_id) OVER (PARTITION BY j.person_id) AS first_row,
        j.person_id IN (
            SELECT coalesce(e.linked_person_id, e.person_id) FROM beneficiaries_entitlement e
            WHERE e.category_id = ANY (%(funerals)s::text[]) AND e.end_reason <> 'replaced'
        ) AS granted
    FROM judged j
    WHERE j.buries AND j.is_new AND j.problem IS NULL
),

decided AS (
    SELECT
        j.row_id, j.person_id, j.person_is_new, j.entitlement_id, j.is_new,
        CASE WHEN f.first_row <> f.row_id AND NOT f.granted THEN f.first_row ELSE j.other_row END AS other_row,
        CASE
            WHEN f.granted THEN 'funeral_granted'
            WHEN f.first_row <> f.row_id THEN 'funeral_repeated'
            ELSE j.problem
        END AS problem
    FROM judged j
    LEFT JOIN funerals f USING (row_id)
    ORDER BY j.row_id
)

SELECT
    d.row_id, d.person_id, d.person_is_new, d.is_new, d.other_row, d.problem,
    CASE WHEN d.is_new AND d.problem IS NULL
        THEN nextval(pg_get_serial_sequence('beneficiaries_entitlement', 'id')) ELSE d.entitlement_id
    END AS entitlement_id
FROM decided d
