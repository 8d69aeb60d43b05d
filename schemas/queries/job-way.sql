-- title: The way of one job: every event that names it, in order, with both entries of its operations
-- param job string: job id, such as dataproc:project/region/job/id
-- param limit int64 = 1000: rows at most
SELECT e.EventTime, e.Source, e.Action, e.Phase, e.Outcome, e.Status, e.Method, e.Actor,
  ARRAY_TO_STRING(e.ActingFor, ' > ') AS ActingFor, e.RunAs, e.Via, e.Provenance, e.OperationId, e.Resource, e.EventId,
  e.Variant
FROM Events AS e
WHERE e.JobId = @job
ORDER BY e.EventTime, e.EventId, e.Variant
LIMIT @limit
