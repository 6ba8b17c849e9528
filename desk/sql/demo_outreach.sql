-- The talks of a year of the demonstration: who came to an account was told some weeks before, and who gave a reason for
-- cash gave it on some day of the year. Inputs: first_day, last_day (dates). Days follow from the person's id, so a rerun
-- makes the same rows and keeps those that stand. When to ask again stands with the reason too; no payment, account or
-- reason is touched. One statement, for the planner knows nothing yet of a table that was just filled.
WITH won AS (
    SELECT person_id, 'agrees' AS answer, min(valid_from) - 10 - (person_id * 31 %% 19)::int AS told_on
    FROM beneficiaries_payoutmethod
    WHERE channel = 'bank'
    GROUP BY person_id
),

still_cash AS (
    SELECT
        person_id, reason,
        %(first_day)s::date + (person_id * 37 %% (%(last_day)s::date - %(first_day)s::date + 1))::int AS told_on
    FROM beneficiaries_obstacle
    WHERE resolved_on IS NULL AND reason <> 'not_asked'
),

told AS (
    SELECT person_id, answer, told_on FROM won
    UNION ALL
    SELECT person_id, reason, told_on FROM still_cash
),

noted AS (
    INSERT INTO beneficiaries_outreach (
        person_id, "on", way, told_by, heard_by, answer, ask_again_on, note, noted_at
    )
    SELECT
        person_id, told_on, (ARRAY['home', 'meeting', 'pay_desk', 'phone'])[1 + person_id %% 4], 'Cán bộ xã (giả lập)', '', answer,
        CASE WHEN answer IN ('fears_account', 'fears_relative', 'distrusts', 'no_citizen_card') THEN told_on + 90 END, '',
        (told_on + time '10:00') AT TIME ZONE 'Asia/Ho_Chi_Minh'
    FROM told
    WHERE told_on BETWEEN %(first_day)s AND %(last_day)s
    ON CONFLICT DO NOTHING
    RETURNING person_id, answer, ask_again_on
)

UPDATE beneficiaries_obstacle o
SET ask_again_on = n.ask_again_on
FROM noted n
WHERE n.person_id = o.person_id AND n.answer = o.reason AND o.resolved_on IS NULL AND n.ask_again_on IS NOT NULL
