-- The entitlements that the staged rows grant anew.
-- Reads: roll_row, roll_grant. None is added twice: roll_grant was matched in the same transaction.
INSERT INTO beneficiaries_entitlement (
    id, person_id, category_id, from_month, settled_before, last_month, end_reason, decision_number, decision_date,
    decision_signer, injury_rate, seniority_years, heads, disability_certificate,
    certificate_until
)
SELECT
    g.entitlement_id, g.person_id, r.category, r.from_month, r.settled_before, r.last_month, r.end_reason,
    r.decision_number, r.decision_date, '', r.injury_rate, r.seniority_years, r.heads, r.disability_certificate,
    r.certificate_until
FROM roll_grant g
JOIN roll_row r ON r.id = g.row_id
WHERE g.is_new AND g.problem IS NULL
ORDER BY g.entitlement_id
