-- What the staged rows say anew of entitlements that exist; a blank keeps what is there.
-- Reads: roll_row, roll_grant, roll_change. settled_before stays: this system has paid since.
UPDATE beneficiaries_entitlement e
SET from_month = r.from_month,
    last_month = coalesce(r.last_month, e.last_month),
    end_reason = coalesce(nullif(r.end_reason, ''), e.end_reason),
    injury_rate = coalesce(r.injury_rate, e.injury_rate),
    seniority_years = coalesce(r.seniority_years, e.seniority_years),
    heads = coalesce(r.heads, e.heads),
    decision_number = coalesce(nullif(r.decision_number, ''), e.decision_number),
    decision_date = coalesce(r.decision_date, e.decision_date),
    disability_certificate = coalesce(nullif(r.disability_certificate, ''), e.disability_certificate),
    certificate_until = coalesce(r.certificate_until, e.certificate_until)
FROM roll_change c
JOIN roll_grant g ON g.entitlement_id = c.entitlement_id AND g.problem IS NULL
JOIN roll_row r ON r.id = g.row_id
WHERE c.what = 'entitlement' AND e.id = c.entitlement_id
