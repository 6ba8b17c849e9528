-- Of those whose birthday comes, who lives in many communes: taken to be everybody, for where each lives is asked of what
-- is found for them (ahead_rows.sql). Reads: turning.
SELECT * FROM turning
