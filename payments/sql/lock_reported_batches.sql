-- Lock the batches that a staged report touches, in the order of their ids. Reads: reported.
SELECT b.id FROM payments_batch b
WHERE b.id IN (
    SELECT DISTINCT p.batch_id FROM reported r JOIN payments_payment p ON p.id = r.payment_id
)
ORDER BY b.id
FOR UPDATE
