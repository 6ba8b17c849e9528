-- The benefits of some people in some months each. Inputs: people, months (arrays, pair by pair).
SELECT e.*, asked.month, true AS looked_back
FROM (SELECT DISTINCT person_id, month FROM unnest(%(people)s::bigint[], %(months)s::date[]) AS pair (person_id, month)) AS asked
JOIN beneficiaries_entitlement e ON e.person_id = asked.person_id AND e.from_month <= asked.month
    AND (e.last_month IS NULL OR e.last_month >= asked.month)
