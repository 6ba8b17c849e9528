-- One person's entitlements for one month, to explain them. Inputs: person_id, month.
SELECT e.id AS entitlement_id, %(month)s::date AS month, true AS looked_back
FROM beneficiaries_entitlement e
WHERE e.person_id = %(person_id)s AND e.from_month <= %(month)s AND (e.last_month IS NULL OR e.last_month >= %(month)s)
