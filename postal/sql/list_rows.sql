-- The rows of pay days' lists in order: one payment each, with its money by kind in đồng. Withdrawn ones are left out.
-- Inputs: pay_days (ids). The number of the citizen identity card comes as stored, with the row's uuid to open it.
SELECT
    l.pay_day_id AS pay_day, p.batch_id AS batch, l.number, p.id AS payment, p.person_id AS person,
    person.name, person.birth_date, person.birth_precision, person.uuid, person.national_id, person.died_on,
    coalesce(home.hamlet, '') AS hamlet, p.amount, coalesce(p.outcome, '') AS outcome,
    coalesce(sum(line.amount) FILTER (WHERE line.kind IN ('regular', 'one_off')), 0)::bigint AS regular,
    coalesce(sum(line.amount) FILTER (WHERE line.kind IN ('arrears', 'carried')), 0)::bigint AS arrears,
    coalesce(sum(line.amount) FILTER (WHERE line.kind = 'recovery'), 0)::bigint AS recovery
FROM postal_listing l
JOIN postal_payday d ON d.id = l.pay_day_id
JOIN payments_payment p ON p.id = l.payment_id
JOIN beneficiaries_person person ON person.id = p.person_id
LEFT JOIN beneficiaries_residence home ON home.person_id = p.person_id
    AND home.valid_from <= d.day AND (home.valid_to IS NULL OR home.valid_to >= d.day)
LEFT JOIN payments_line line ON line.payment_id = p.id
WHERE l.pay_day_id = ANY (%(pay_days)s::bigint[]) AND p.outcome IS DISTINCT FROM 'withdrawn'
GROUP BY l.payment_id, d.id, p.id, person.id, home.hamlet
ORDER BY l.pay_day_id, p.batch_id, l.number
