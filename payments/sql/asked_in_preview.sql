-- Which months of which entitlements a preview reckons: columns as in asked.sql.
-- Inputs: months (an array), month (one of them, reckoned for everybody), categories (of the other months only people
-- who hold one of these are asked: nobody else can change), person_from, person_to, and commune (only people who live
-- there in `month`) or null.
SELECT e.*, m.month, true AS looked_back
FROM beneficiaries_entitlement e
CROSS JOIN unnest(%(months)s::date[]) AS m (month)
WHERE e.person_id >= %(person_from)s AND e.person_id < %(person_to)s
  AND e.from_month <= m.month AND (e.last_month IS NULL OR e.last_month >= m.month)
  AND (m.month = %(month)s OR EXISTS (
      SELECT FROM beneficiaries_entitlement held
      WHERE held.person_id = e.person_id AND held.category_id = ANY (%(categories)s::text[])
  ))
  AND (%(commune)s::bigint IS NULL OR e.person_id IN (
      SELECT person_id FROM beneficiaries_residence
      WHERE commune_id = %(commune)s AND valid_from <= %(month)s AND (valid_to IS NULL OR valid_to >= %(month)s)
  ))
