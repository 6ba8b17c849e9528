-- Whoever was paid at the main point of a commune that ended stays at that point where it is not the main one of the
-- commune that follows. Inputs: on_date, froms and tos (arrays: communes that ended, and the points that follow).
-- Reads the homes after they moved. Safe to repeat: whoever has an own point then is left alone.
INSERT INTO postal_personpoint (person_id, point_id, valid_from)
SELECT before.person_id, point.id, %(on_date)s
FROM unnest(%(froms)s::bigint[], %(tos)s::bigint[]) AS moved (commune_id, point_id)
JOIN postal_paypoint point ON point.id = moved.point_id
JOIN beneficiaries_residence before ON before.commune_id = moved.commune_id
    AND before.valid_to = %(on_date)s::date - 1
JOIN beneficiaries_residence after ON after.person_id = before.person_id AND after.valid_from = %(on_date)s
    AND after.commune_id = point.commune_id
WHERE NOT EXISTS (
    SELECT FROM postal_personpoint own
    WHERE own.person_id = before.person_id AND (own.valid_to IS NULL OR own.valid_to >= %(on_date)s)
)
ORDER BY before.person_id
