-- Some people's entitlements for one month (everybody's where people is null): columns as in asked.sql.
-- Inputs: people (an array of ids, or null), month.
SELECT e.*, %(month)s::date AS month, true AS looked_back
FROM beneficiaries_entitlement e
WHERE (%(people)s::bigint[] IS NULL OR e.person_id = ANY (%(people)s::bigint[])) AND e.from_month <= %(month)s
  AND (e.last_month IS NULL OR e.last_month >= %(month)s)
