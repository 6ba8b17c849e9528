-- What that money is for. Reads the temporary table money (analysed). Output: the temporary table money_line, one row
-- per payment line. Changes nothing else.
CREATE TEMPORARY TABLE money_line ON COMMIT DROP AS
SELECT
    m.person_id, m.scheme, m.channel, m.live, e.category_id, l.kind, l.amount, c.component = 'institution' AS in_institution
FROM money m
JOIN payments_line l ON l.payment_id = m.id
JOIN beneficiaries_entitlement e ON e.id = l.entitlement_id
JOIN benefits_category c ON c.code = e.category_id
