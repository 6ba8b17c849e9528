-- What a slice's look-backs found paid too much, taken out of what is owed: shown on the list of overpayments, never
-- netted by itself (A04). Reads: the temporary table owed. Safe to repeat: the caller has removed the people's rows.
WITH found AS (
    DELETE FROM owed WHERE delta < 0 AND NOT lacks_rate RETURNING person_id, entitlement_id, month
)

INSERT INTO payments_excess (person_id, entitlement_id, for_month)
SELECT person_id, entitlement_id, month FROM found ORDER BY person_id, entitlement_id, month
