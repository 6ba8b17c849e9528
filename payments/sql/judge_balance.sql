-- Count the pairs whose live lines are not what is due and adjusted. Reads: balance. A positive delta that no round
-- paid is a loss. A negative one is an overpaid balance only where a look-back names its cause (a grant dated
-- back that displaces another, changed facts, a change of law, an adjustment); without a cause somebody was paid twice.
SELECT count(*)::int AS rows, count(*) FILTER (
    WHERE b.delta > 0 OR b.lacks_rate OR b.delta < 0 AND NOT EXISTS (
        SELECT FROM payments_reckoned k
        WHERE k.person_id = b.person_id AND k.from_month <= b.month AND k.reason IN ('granted', 'changed', 'rate', 'adjusted')
    )
)::int AS broken
FROM balance b
