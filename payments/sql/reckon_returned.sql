-- Queue the people of payments returned after close. Reads: reported.
INSERT INTO beneficiaries_reckon (person_id, from_month, ready_on, reason)
SELECT p.person_id, min(l.for_month), DATE '1900-01-01', 'adjusted'
FROM reported r
JOIN payments_payment p ON p.id = r.payment_id AND p.outcome = 'paid' AND r.outcome = 'returned'
JOIN payments_line l ON l.payment_id = p.id
GROUP BY p.person_id
