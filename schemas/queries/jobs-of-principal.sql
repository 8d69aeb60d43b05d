-- title: The jobs of a principal: what it did to them, those run on its behalf (Did = for) and those that run as it (Did = runs)
-- param principal string: principal id as query jobs prints it, such as user:google:ana@example.com
-- param from timestamp = null: at or after
-- param until timestamp = null: before
-- param limit int64 = 200: rows at most
SELECT e.EventTime, e.Op AS Did, e.JobId, e.Actor, ARRAY_TO_STRING(e.ActingFor, ' > ') AS ActingFor, e.Environment,
  e.Outcome, e.EventId
FROM Edges AS e
WHERE e.Node = @principal
  AND e.Op NOT IN ('read', 'write', 'use', 'spawn')
  AND (@from IS NULL OR e.EventTime >= @from)
  AND (@until IS NULL OR e.EventTime < @until)
ORDER BY e.EventTime DESC, e.JobId, e.Op, e.EventId, e.Variant
LIMIT @limit
