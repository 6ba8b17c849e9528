-- A waiver forgives what was paid too much and is never itself owed (A04): where the cause of the overpayment is
-- withdrawn later, the waiver ends, by an adjustment against it in the name of the same decision.
-- Reads: the temporary table owed, from which it takes what only a waiver made owed. Inputs: at.
-- Safe to repeat: an ended waiver adds up to nothing. Only months with adjustments are looked at.
WITH waived AS (
    SELECT o.entitlement_id, o.month, least(sum(j.amount), o.delta)::bigint AS amount, max(j.id) AS last_id
    FROM owed o
    JOIN payments_adjustment j ON j.entitlement_id = o.entitlement_id AND j.for_month = o.month AND j.kind = 'waived'
    WHERE o.adjusted <> 0 AND o.delta > 0
    GROUP BY o.entitlement_id, o.month, o.delta
    HAVING sum(j.amount) > 0
),

ended AS (
    INSERT INTO payments_adjustment (entitlement_id, for_month, amount, kind, decision_number, decision_date, at)
    SELECT w.entitlement_id, w.month, -w.amount, 'waived', j.decision_number, j.decision_date, %(at)s
    FROM waived w
    JOIN payments_adjustment j ON j.id = w.last_id
    RETURNING entitlement_id, for_month, amount
)

UPDATE owed o
SET delta = o.delta + e.amount, adjusted = o.adjusted + e.amount, undelivered = least(o.undelivered, o.delta + e.amount)
FROM ended e
WHERE e.entitlement_id = o.entitlement_id AND e.for_month = o.month
