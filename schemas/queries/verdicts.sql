-- title: What rules over several records said last of each action: satisfied, violated, undetermined, and how the records were joined
-- param job string = null: only about this job
-- param rule string = null: only of this rule
-- param verdict string = null: only satisfied, violated or undetermined
-- param from timestamp = null: event time at or after
-- param until timestamp = null: event time before
-- param limit int64 = 100: rows at most
SELECT v.EventTime, v.Rule, v.Verdict, v.JoinedBy, v.LateMs, v.JobId, v.Environment, v.Reason, v.AnchorId, v.FindingId, v.DecidedAt
FROM LatestVerdicts AS v
WHERE (@job IS NULL OR v.JobId = @job)
  AND (@rule IS NULL OR v.Rule = @rule)
  AND (@verdict IS NULL OR v.Verdict = @verdict)
  AND (@from IS NULL OR v.EventTime >= @from)
  AND (@until IS NULL OR v.EventTime < @until)
ORDER BY v.EventTime DESC, v.Rule, v.AnchorId, v.About
LIMIT @limit
