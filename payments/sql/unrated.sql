-- Categories that somebody is entitled to in the cycle's months and that have no rate in force for them.
-- Reads: asked (the months), rates. A month without a rate stops the round; it is never zero.
SELECT c.code, a.month
FROM asked a
CROSS JOIN benefits_category c
WHERE c.kind = 'monthly'
  AND NOT EXISTS (  -- not law yet on the list date: its months follow as arrears (P12)
      SELECT FROM benefits_rate r WHERE r.category_id = c.code HAVING min(r.in_force_from) > %(reckoned_on)s
  )
  AND NOT EXISTS (SELECT FROM rates r WHERE r.category_id = c.code AND r.month = a.month AND r.unit_amount IS NOT NULL)
  AND EXISTS (
      SELECT FROM beneficiaries_entitlement e JOIN beneficiaries_person p ON p.id = e.person_id
      WHERE e.category_id = c.code AND e.from_month <= a.month AND e.settled_before <= a.month
          AND (e.last_month IS NULL OR e.last_month >= a.month) AND (p.died_on IS NULL OR p.died_on >= a.month)
  )
ORDER BY a.month, c.code
