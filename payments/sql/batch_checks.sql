-- Payments of a batch that its approver should look at closely, one row per payment and check. Reads only.
-- Input: batch_id. Checks: holder (an account in another name, diacritics and capitals aside), shared (one account for
-- several people), left (an account not paid to any more: refused by its bank, or of
-- somebody whose right to collect ended), long_arrears (more than three months paid later), waiting (facts changed since the list was made).
-- Only a bank's batch has accounts to look at; of a list of the Post, far longer, neither names nor accounts are read.
WITH listed AS (
    SELECT p.id, p.person_id, p.payout_method_id
    FROM payments_payment p
    WHERE p.batch_id = %(batch_id)s AND p.outcome IS DISTINCT FROM 'withdrawn'
),

paid_into AS (
    SELECT
        p.id, m.account_index, m.holder, m.failed_on, person.name_folded, count(*) OVER (PARTITION BY m.account_index) AS of_account
    FROM payments_payment p
    JOIN beneficiaries_payoutmethod m ON m.id = p.payout_method_id AND m.channel = 'bank'
    JOIN beneficiaries_person person ON person.id = p.person_id
    WHERE p.batch_id = %(batch_id)s AND p.outcome IS DISTINCT FROM 'withdrawn'
        AND (SELECT channel FROM payments_batch WHERE id = %(batch_id)s) = 'bank'
)

SELECT id AS payment_id, 'holder' AS flag
FROM paid_into
WHERE account_index IS NOT NULL AND lower(holder) <> name_folded
    AND btrim(lower(translate(regexp_replace(normalize(holder, NFD), '[\u0300-\u036f]', '', 'g'), 'Đđ', 'dd')))
        <> name_folded
UNION ALL
SELECT id, 'shared' FROM paid_into WHERE account_index IS NOT NULL AND of_account > 1
UNION ALL
SELECT id, 'left' FROM paid_into WHERE failed_on IS NOT NULL
UNION ALL
SELECT l.id, 'long_arrears'
FROM listed l
JOIN payments_line line ON line.payment_id = l.id AND line.kind = 'arrears'
GROUP BY l.id
HAVING count(DISTINCT line.for_month) > 3
UNION ALL
SELECT l.id, 'waiting' FROM listed l
WHERE EXISTS (SELECT FROM beneficiaries_reckon r WHERE r.person_id = l.person_id)
