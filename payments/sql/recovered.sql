-- Months of which this slice's recoveries take all that was left overpaid. Reads: the temporary table owed, whose
-- negative rows are what is taken.
DELETE FROM payments_excess x
USING owed o
WHERE o.delta < 0 AND x.entitlement_id = o.entitlement_id AND x.for_month = o.month
  AND o.due + o.adjusted - o.live = o.delta
