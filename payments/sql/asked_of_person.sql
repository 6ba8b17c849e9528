-- One person's entitlements for one month, to explain them: columns as in asked.sql. Inputs: person_from, month.
SELECT e.*, %(month)s::date AS month, true AS looked_back
FROM beneficiaries_entitlement e
WHERE e.person_id = %(person_from)s AND e.from_month <= %(month)s
  AND (e.last_month IS NULL OR e.last_month >= %(month)s)
