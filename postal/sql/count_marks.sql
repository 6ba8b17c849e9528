-- Keep what a pay day's marks come to. Reads the relation marked. Safe to repeat. The pay day is locked by the caller.
INSERT INTO postal_marktally (pay_day_id, device, clerk_id, people)
SELECT pay_day_id, device, clerk_id, people FROM marked
ON CONFLICT (pay_day_id, device) DO UPDATE SET clerk_id = excluded.clerk_id, people = excluded.people
