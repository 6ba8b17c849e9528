-- What changed in a batch since the same batch of the cycle before, one row per person and change.
-- Inputs: batch_id, before_id (that batch, null where there is none), unit_id, scheme, low, high (ids of this cycle's
-- payments), before_low, before_high (of the cycle before), month, last_month, before_month, before_last_month,
-- reckoned_on, before_reckoned_on. Output: person_id, change, reason, detail, before, now, amount (đồng, signed).
-- Invariant: the amounts add up to this batch's live total less that batch's. Reads only.
WITH parts AS (
    SELECT
        p.person_id, p.batch_id = %(batch_id)s AS is_now, p.amount,
        sum(l.amount) FILTER (WHERE l.kind = 'regular') AS regular,
        sum(l.amount) FILTER (WHERE l.kind = 'arrears') AS arrears,
        sum(l.amount) FILTER (WHERE l.kind = 'carried') AS carried,
        sum(l.amount) FILTER (WHERE l.kind = 'one_off') AS one_off,
        sum(l.amount) FILTER (WHERE l.kind = 'recovery') AS recovery,
        min(l.for_month) FILTER (WHERE l.kind = 'arrears') AS arrears_from,
        array_agg(DISTINCT l.entitlement_id) FILTER (WHERE l.kind = 'regular') AS entitlements
    FROM payments_payment p
    JOIN payments_line l ON l.payment_id = p.id
    WHERE p.batch_id IN (%(batch_id)s, %(before_id)s) AND p.outcome IS DISTINCT FROM 'withdrawn'
    GROUP BY p.id
),

pairs AS (
    SELECT
        coalesce(n.person_id, b.person_id) AS person_id, n.person_id IS NOT NULL AS is_now,
        b.person_id IS NOT NULL AS was_before, coalesce(n.regular, 0) AS now, coalesce(b.regular, 0) AS before,
        n.entitlements, b.entitlements AS entitlements_before
    FROM (SELECT * FROM parts WHERE is_now) AS n
    FULL JOIN (SELECT * FROM parts WHERE NOT is_now) AS b USING (person_id)
    WHERE coalesce(n.regular, 0) <> coalesce(b.regular, 0) OR n.person_id IS NULL
),

-- Where people who are on one side only were or are paid by the same scheme otherwise.
placed AS (
    SELECT s.*, other.unit_id AS other_unit, other.unit_name, other.provider_id AS other_provider, other.provider_name
    FROM pairs s
    LEFT JOIN LATERAL (
        SELECT b.unit_id, unit.name AS unit_name, b.provider_id, provider.short_name AS provider_name
        FROM payments_payment p
        JOIN payments_batch b ON b.id = p.batch_id AND b.scheme = %(scheme)s
        JOIN areas_unit unit ON unit.id = b.unit_id
        JOIN beneficiaries_provider provider ON provider.code = b.provider_id
        WHERE s.is_now <> s.was_before AND p.person_id = s.person_id AND p.outcome IS DISTINCT FROM 'withdrawn'
            AND p.id >= CASE WHEN s.is_now THEN %(before_low)s ELSE %(low)s END
            AND p.id < CASE WHEN s.is_now THEN %(before_high)s ELSE %(high)s END
        ORDER BY p.id
        LIMIT 1
    ) AS other ON true
),

-- Categories whose rate or base became another between the two lists.
changed_law AS (
    SELECT DISTINCT r.category_id
    FROM benefits_rate r
    LEFT JOIN benefits_base b ON b.base_code = r.base_code AND r.base_code <> ''
    WHERE
        r.applies_from <= %(last_month)s AND r.in_force_from <= %(reckoned_on)s
        AND (r.applies_from > %(before_last_month)s OR r.in_force_from > %(before_reckoned_on)s)
        OR b.applies_from <= %(last_month)s AND b.in_force_from <= %(reckoned_on)s
        AND (b.applies_from > %(before_last_month)s OR b.in_force_from > %(before_reckoned_on)s)
),

named AS (
    SELECT p.*, person.died_on, CASE
        WHEN p.is_now AND p.was_before THEN CASE WHEN p.now > p.before THEN 'raised' ELSE 'lowered' END
        WHEN p.other_unit <> %(unit_id)s THEN CASE WHEN p.is_now THEN 'moved_in' ELSE 'moved_out' END
        WHEN p.other_provider <> (SELECT b.provider_id FROM payments_batch b WHERE b.id = %(batch_id)s)
            THEN CASE WHEN p.is_now THEN 'channel_in' ELSE 'channel_out' END
        WHEN p.is_now THEN 'new'
        ELSE 'stopped'
    END AS change
    FROM placed p
    JOIN beneficiaries_person person ON person.id = p.person_id
)

SELECT n.person_id, n.change, CASE
        WHEN n.change = 'channel_in' AND EXISTS (
            SELECT FROM beneficiaries_payoutmethod m
            WHERE m.person_id = n.person_id AND m.right_ended AND m.valid_from <= %(last_month)s
                AND (m.valid_to IS NULL OR m.valid_to >= %(month)s)
        ) THEN 'right_ended'
        WHEN n.change IN ('moved_in', 'moved_out', 'channel_in', 'channel_out') THEN 'place'
        WHEN n.change IN ('raised', 'lowered') THEN CASE
            WHEN %(last_month)s - %(month)s > 20 OR %(before_last_month)s - %(before_month)s > 20 THEN 'months'
            WHEN n.entitlements IS DISTINCT FROM n.entitlements_before THEN 'decision'
            WHEN EXISTS (
                SELECT FROM beneficiaries_entitlement e JOIN changed_law USING (category_id)
                WHERE e.id = ANY (n.entitlements)
            ) THEN 'law'
            ELSE 'facts'
        END
        WHEN n.change = 'new' THEN CASE
            WHEN n.other_unit IS NOT NULL THEN 'supplementary'
            WHEN EXISTS (
                SELECT FROM unnest(n.entitlements) AS own (entitlement_id)
                WHERE NOT EXISTS (
                    SELECT FROM payments_line l
                    WHERE l.entitlement_id = own.entitlement_id AND l.payment_id < %(low)s
                )
            ) THEN 'granted'
            WHEN EXISTS (
                SELECT FROM beneficiaries_suspension s
                WHERE s.entitlement_id = ANY (n.entitlements) AND s.until_month >= %(before_month)s
            ) THEN 'resumed'
            WHEN %(before_id)s::bigint IS NULL THEN 'first'
            ELSE 'other'
        END
        WHEN n.died_on IS NOT NULL THEN 'died'
        ELSE coalesce(
            (
                SELECT min(coalesce(nullif(e.end_reason, ''), 'ineligible')) FROM beneficiaries_entitlement e
                WHERE e.id = ANY (n.entitlements_before) AND e.last_month < %(month)s
            ),
            (
                SELECT min('suspended') FROM beneficiaries_suspension s
                WHERE s.entitlement_id = ANY (n.entitlements_before) AND s.from_month <= %(month)s
                    AND (s.until_month IS NULL OR s.until_month >= %(month)s)
            ),
            'other'
        )
    END AS reason,
    coalesce(CASE
        WHEN n.change IN ('moved_in', 'moved_out') THEN n.unit_name
        WHEN n.change IN ('channel_in', 'channel_out') THEN n.provider_name
    END, '') AS detail,
    n.before, n.now, n.now - n.before AS amount
FROM named n
WHERE n.now <> 0 OR n.before <> 0
UNION ALL
SELECT person_id, extra.change, extra.change, extra.detail, 0, extra.amount, extra.amount
FROM parts
CROSS JOIN LATERAL (
    VALUES
    ('arrears', to_char(arrears_from, 'MM/YYYY'), arrears),
    ('carried', '', carried),
    ('one_off', '', one_off),
    ('recovery', '', recovery)
) AS extra (change, detail, amount)
WHERE is_now AND extra.amount IS NOT NULL
UNION ALL
SELECT person_id, 'past', 'past', '', amount - coalesce(regular, 0), 0, coalesce(regular, 0) - amount
FROM parts
WHERE NOT is_now AND amount <> coalesce(regular, 0)
