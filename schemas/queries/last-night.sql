-- title: What ran in an environment between two instants
-- param environment string = null: only this environment
-- param from timestamp: from this time on, such as 2026-01-31T20:00:00Z
-- param until timestamp: before this time
-- param limit int64 = 500: rows at most
SELECT e.EventTime, e.Action, e.JobId, e.Actor, ARRAY_TO_STRING(e.ActingFor, ' > ') AS ActingFor, e.RunAs, e.Via,
  e.Environment, e.Outcome, e.Method, ARRAY_TO_STRING(e.Reads, ', ') AS Reads, ARRAY_TO_STRING(e.Writes, ', ') AS Writes,
  e.EventId
FROM Events AS e
WHERE e.Shard BETWEEN 0 AND 15
  AND e.EventTime >= @from
  AND e.EventTime < @until
  AND e.JobId IS NOT NULL
  AND (e.Phase IS NULL OR e.Phase != 'last')
  AND (@environment IS NULL OR e.Environment = @environment)
ORDER BY e.EventTime, e.EventId, e.Variant
LIMIT @limit
