-- When people of the demonstration are to be asked again, as their last talk says. No inputs; a rerun changes nothing.
UPDATE beneficiaries_obstacle o
SET ask_again_on = t.ask_again_on
FROM beneficiaries_outreach t
WHERE t.person_id = o.person_id AND t.answer = o.reason AND o.resolved_on IS NULL
  AND t.ask_again_on IS NOT NULL AND o.ask_again_on IS NULL
