-- title: The latest jobs: who ran them, for whom, by which way, what they touched
-- param environment string = null: only jobs of this environment
-- param from timestamp = null: started at or after
-- param until timestamp = null: started before
-- param limit int64 = 50: rows at most
-- Via says by which hop the submission came: with its request id, or by call, principal and time alone.
WITH hops AS (
  SELECT h.JobId AS JobId, MIN(h.Via) AS Via, MAX(CASE WHEN h.Strength = 'request-id' THEN 2 ELSE 1 END) AS Best
  FROM JobHops AS h GROUP BY h.JobId
)
SELECT j.StartedAt, j.JobId, j.JobName, j.Actor, j.ActorKind, j.ActingFor, j.RunAs,
  CASE WHEN h.Best = 2 THEN h.Via WHEN h.Best = 1 THEN h.Via || ' (by time)'
    WHEN j.Submitted = 'recorded' THEN 'no hop seen' ELSE '' END AS Via,
  j.Environment, j.Outcome, j.FinishedAt, j.Submitted, j.ParentJob, j.Reads, j.Writes, j.Uses
FROM Jobs AS j LEFT JOIN hops AS h ON h.JobId = j.JobId
WHERE (@environment IS NULL OR j.Environment = @environment)
  AND (@from IS NULL OR j.StartedAt >= @from)
  AND (@until IS NULL OR j.StartedAt < @until)
ORDER BY j.StartedAt DESC, j.JobId
LIMIT @limit
