-- What that money is for. Reads the temporary table money. Inputs: low, high (the cycle's payments' ids): only their
-- lines are read, however long the history. Output: the temporary table money_line, one row per payment line.
-- Changes nothing else.
CREATE TEMPORARY TABLE money_line ON COMMIT DROP AS
SELECT
    m.pair, m.live, m.by_bank, m.commune_id, m.unit_id, m.scheme, l.entitlement_id, e.category_id, l.for_month, l.kind, l.amount
FROM payments_line l
JOIN money m ON m.id = l.payment_id
JOIN beneficiaries_entitlement e ON e.id = l.entitlement_id
WHERE l.payment_id >= %(low)s AND l.payment_id < %(high)s
