-- title: Alerts with who answered them and which channels were told: open ones first, then by when they opened
-- param state string = null: only open, acknowledged or resolved
-- param rule string = null: only of this detection
-- param from timestamp = null: opened at or after
-- param until timestamp = null: opened before
-- param limit int64 = 100: rows at most
-- Told counts the channels that confirmed at least one message, Waiting those that are to be told something, Failed those given up.
WITH told AS (
  SELECT d.EpisodeId AS EpisodeId, d.Number AS Number,
    SUM(CASE WHEN d.SentAt IS NOT NULL THEN 1 ELSE 0 END) AS Told,
    SUM(CASE WHEN d.DueAt IS NOT NULL THEN 1 ELSE 0 END) AS Waiting,
    SUM(CASE WHEN d.FailedAt IS NOT NULL THEN 1 ELSE 0 END) AS Failed
  FROM Deliveries AS d GROUP BY d.EpisodeId, d.Number
)
SELECT e.OpenedAt, e.State, e.Severity, e.Occurrences, e.FirstSeen, e.LastSeen, e.Rule, e.FindingKey, e.AcknowledgedBy,
  e.AcknowledgedAt, e.ResolvedBy, e.ResolvedAt, COALESCE(t.Told, 0) AS Told, COALESCE(t.Waiting, 0) AS Waiting,
  COALESCE(t.Failed, 0) AS Failed, e.EpisodeId, e.Number
FROM Episodes AS e LEFT JOIN told AS t ON t.EpisodeId = e.EpisodeId AND t.Number = e.Number
WHERE (@state IS NULL OR e.State = @state)
  AND (@rule IS NULL OR e.Rule = @rule)
  AND (@from IS NULL OR e.OpenedAt >= @from)
  AND (@until IS NULL OR e.OpenedAt < @until)
ORDER BY CASE e.State WHEN 'open' THEN 0 WHEN 'acknowledged' THEN 1 ELSE 2 END, e.OpenedAt DESC, e.EpisodeId, e.Number DESC
LIMIT @limit
