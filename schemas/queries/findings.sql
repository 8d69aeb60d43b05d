-- title: What detections found, the latest first, and which alert it is part of (none: only violations make alerts)
-- param rule string = null: only of this detection
-- param environment string = null: only of this environment
-- param from timestamp = null: event time at or after
-- param until timestamp = null: event time before
-- param limit int64 = 100: rows at most
SELECT f.EventTime, f.Severity, f.Verdict, f.Rule, f.FindingKey, f.Actor, ARRAY_TO_STRING(f.ActingFor, ' > ') AS ActingFor,
  f.Environment, f.JobId, f.Summary, e.EpisodeId, e.Number, f.EventId, f.FindingId
FROM Findings AS f LEFT JOIN EpisodeFindings AS e ON e.FindingId = f.FindingId
WHERE (@rule IS NULL OR f.Rule = @rule)
  AND (@environment IS NULL OR f.Environment = @environment)
  AND (@from IS NULL OR f.EventTime >= @from)
  AND (@until IS NULL OR f.EventTime < @until)
ORDER BY f.EventTime DESC, f.FindingId, f.Variant
LIMIT @limit
