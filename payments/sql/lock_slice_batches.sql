-- Lock the batches that hold payments of a slice. Inputs: round_id, person_from, person_to.
SELECT b.id, b.state
FROM payments_batch b
WHERE b.round_id = %(round_id)s AND EXISTS (
    SELECT FROM payments_payment p
    WHERE p.batch_id = b.id AND p.person_id >= %(person_from)s AND p.person_id < %(person_to)s
)
ORDER BY b.id
FOR UPDATE
