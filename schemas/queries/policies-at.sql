-- title: The policies in force at an instant: the version of each, who set it, when, and by which event
-- param at timestamp: the instant, such as 2026-01-31T20:00:00Z
-- param plane string = null: only mesh, gateway, iam or organisation
-- param policy string = null: only policies whose name begins with this
-- param project string = null: only versions made by changes in this project
-- param limit int64 = 500: rows at most
-- Versions made in one instant cannot be put in order, and of another provenance one may be forged: each has its line. A
-- policy is left out once it was deleted. ContentDigest is null where the newest change told its difference alone.
SELECT v.Plane, v.Policy, v.Change, v.ContentDigest, v.EventTime AS Since, v.Actor,
  ARRAY_TO_STRING(v.ActingFor, ' > ') AS ActingFor, v.Provenance, v.Project, v.Environment, v.EventId, v.Variant
FROM PolicyVersions AS v
WHERE (@plane IS NULL OR v.Plane = @plane)
  AND (@policy IS NULL OR STARTS_WITH(v.Policy, @policy))
  AND (@project IS NULL OR v.Project = @project)
  AND v.EventTime = (
    SELECT MAX(n.EventTime) FROM PolicyVersions AS n
    WHERE n.Plane = v.Plane AND n.Policy = v.Policy AND n.Provenance = v.Provenance AND n.EventTime <= @at
  )
  AND EXISTS (
    SELECT n.EventId FROM PolicyVersions AS n
    WHERE n.Plane = v.Plane AND n.Policy = v.Policy AND n.Provenance = v.Provenance AND n.EventTime = v.EventTime
      AND n.Change != 'delete'
  )
ORDER BY v.Plane, v.Policy, v.Provenance, v.EventTime, v.EventId, v.Variant
LIMIT @limit
