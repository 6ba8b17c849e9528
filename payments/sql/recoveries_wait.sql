-- Whether a recovery decision concerns somebody of a slice. Inputs: person_from, person_to, month.
SELECT EXISTS (
    SELECT FROM payments_overpaiddecision d
    WHERE d.kind = 'recover' AND d.confirmed_by_id IS NOT NULL AND d.from_month <= %(month)s
      AND d.person_id >= %(person_from)s AND d.person_id < %(person_to)s
) AS waiting
