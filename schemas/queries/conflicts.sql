-- title: The same entry with another content: event ids under which more than one content arrived
-- param limit int64 = 100: rows at most
SELECT d.EventTime, d.EventId, d.Variant, d.Difference, d.Digest, d.Source, d.Action, d.Outcome, d.Actor, d.JobId
FROM (
  SELECT e.EventTime AS EventTime, e.EventId AS EventId, e.Variant AS Variant, 'recorded columns differ' AS Difference,
    e.Digest AS Digest, e.Source AS Source, e.Action AS Action, e.Outcome AS Outcome, e.Actor AS Actor, e.JobId AS JobId
  FROM EventConflicts AS c JOIN Events AS e ON e.EventId = c.EventId
  UNION ALL
  SELECT e.EventTime AS EventTime, e.EventId AS EventId, e.Variant AS Variant, 'only the raw text differs' AS Difference,
    r.Digest AS Digest, e.Source AS Source, e.Action AS Action, e.Outcome AS Outcome, e.Actor AS Actor, e.JobId AS JobId
  FROM RenditionConflicts AS c
  JOIN Events AS e ON e.EventId = c.EventId AND e.Variant = c.Variant
  JOIN Renditions AS r ON r.EventId = c.EventId AND r.Variant = c.Variant
) AS d
ORDER BY d.EventTime DESC, d.EventId, d.Variant, d.Difference, d.Digest
LIMIT @limit
