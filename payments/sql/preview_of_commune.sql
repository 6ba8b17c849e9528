-- The people of one commune whose dues a change of law alters, in đồng: a month before and after, and what the months
-- before the one asked add. Reads: due_before, due_after. Inputs: month, sees_sensitive (otherwise benefits that tell
-- of HIV are left out).
SELECT
    p.id AS person_id, p.name,
    coalesce(sum(old.due) FILTER (WHERE new.month = %(month)s), 0)::bigint AS before,
    coalesce(sum(new.due) FILTER (WHERE new.month = %(month)s), 0)::bigint AS after,
    coalesce(sum(coalesce(new.due, 0) - coalesce(old.due, 0)) FILTER (WHERE new.month < %(month)s), 0)::bigint AS arrears
FROM due_after new
JOIN due_before old ON old.entitlement_id = new.entitlement_id AND old.month = new.month
JOIN beneficiaries_entitlement e ON e.id = new.entitlement_id AND e.settled_before <= new.month
JOIN benefits_category c ON c.code = new.category_id AND (%(sees_sensitive)s OR NOT c.sensitive)
JOIN beneficiaries_person p ON p.id = new.person_id
GROUP BY p.id
HAVING bool_or(coalesce(new.due, 0) <> coalesce(old.due, 0) OR (new.granted IS NULL) <> (old.granted IS NULL))
ORDER BY p.name_sort, p.id
