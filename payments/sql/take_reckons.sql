-- Take the look-backs that are ready for this slice off the queue and keep them as done.
-- Inputs: round_id, round_number, month, person_from, person_to, reckoned_on. Output: the temporary table taken.
-- Exactly the rows read are deleted, in the slice's own transaction: a row written meanwhile waits for the next
-- round, and a rollback puts every row back. A look-back to this cycle's month or later is done by round 0 itself.
WITH gone AS (
    DELETE FROM beneficiaries_reckon
    WHERE person_id >= %(person_from)s AND person_id < %(person_to)s AND ready_on <= %(reckoned_on)s
    RETURNING person_id, from_month, reason
),

kept AS (
    INSERT INTO payments_reckoned (round_id, person_id, from_month, reason)
    SELECT %(round_id)s, person_id, from_month, reason FROM gone
    WHERE %(round_number)s > 0 OR from_month < %(month)s
    RETURNING person_id, from_month
)

INSERT INTO taken (person_id, from_month) SELECT person_id, from_month FROM kept
