-- title: Who touched a dataset, through which job, for whom, by which policy
-- param dataset string: dataset id, such as gs://bucket/path or bigquery:project.dataset.table
-- param from timestamp = null: at or after
-- param until timestamp = null: before
-- param limit int64 = 200: rows at most
SELECT e.EventTime, e.Op, e.Actor, ARRAY_TO_STRING(e.ActingFor, ' > ') AS ActingFor, e.JobId, e.Environment, e.Outcome,
  e.Strength, e.PolicyDigest, e.EventId
FROM Edges AS e
WHERE e.Node = @dataset
  AND e.Op IN ('read', 'write', 'use')
  AND (@from IS NULL OR e.EventTime >= @from)
  AND (@until IS NULL OR e.EventTime < @until)
ORDER BY e.EventTime DESC, e.JobId, e.Op, e.EventId, e.Variant
LIMIT @limit
