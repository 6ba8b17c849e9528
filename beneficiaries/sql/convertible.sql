-- Grants of 5(5)(b) and 5(5)(c) that still run when the social pension replaces them (rule E12, Decree 176/2025).
-- Inputs: from_month, replaced and target (category codes), units (communes that the reader may see).
-- holds_target: the person has the social pension already, so the old grant only ends. late: the grant begins after the
-- replacement, which its officer has to correct first.
SELECT
    e.id AS entitlement_id, e.person_id, p.name, e.category_id, e.settled_before, e.last_month,
    e.from_month >= %(from_month)s AS late,
    EXISTS (
        SELECT FROM beneficiaries_entitlement h
        WHERE h.person_id = e.person_id AND h.category_id = %(target)s
          AND (h.last_month IS NULL OR h.last_month >= %(from_month)s)
    ) AS holds_target
FROM beneficiaries_entitlement e
JOIN beneficiaries_person p ON p.id = e.person_id AND (p.died_on IS NULL OR p.died_on >= %(from_month)s)
WHERE e.category_id = ANY (%(replaced)s::text[]) AND (e.last_month IS NULL OR e.last_month >= %(from_month)s)
  AND EXISTS (
      SELECT FROM beneficiaries_residence r
      WHERE r.person_id = e.person_id AND r.commune_id = ANY (%(units)s::bigint[]) AND r.valid_to IS NULL
  )
ORDER BY e.id
