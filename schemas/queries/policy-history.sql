-- title: All versions of one policy, newest first
-- param policy string: name as query policies-at prints it, such as allow://cloudresourcemanager.googleapis.com/projects/p
-- param from timestamp = null: at or after
-- param until timestamp = null: before
-- param limit int64 = 200: rows at most
-- Equal digests are equal contents: a change that was taken back shows the digest of before it.
SELECT v.EventTime, v.Change, v.ContentDigest, v.Actor, ARRAY_TO_STRING(v.ActingFor, ' > ') AS ActingFor, v.Provenance,
  v.Plane, v.Project, v.Environment, v.EventId, v.Variant
FROM PolicyVersions AS v
WHERE v.Plane IN ('gateway', 'iam', 'mesh', 'organisation')
  AND v.Policy = @policy
  AND (@from IS NULL OR v.EventTime >= @from)
  AND (@until IS NULL OR v.EventTime < @until)
ORDER BY v.EventTime DESC, v.Plane, v.EventId, v.Variant
LIMIT @limit
