-- How many of what comes, by commune and kind. Reads: coming.
SELECT commune_id, kind, count(*) AS count
FROM coming
GROUP BY commune_id, kind
