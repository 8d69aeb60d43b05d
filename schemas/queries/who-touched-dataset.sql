-- title: Who touched a dataset, through which job, who submitted that job and for whom
-- param dataset string: dataset id, such as gs://bucket/path or bigquery:project.dataset.table
-- param from timestamp = null: at or after
-- param until timestamp = null: before
-- param limit int64 = 200: rows at most
-- AccessJob is the id that the record has, JobId the job that it belongs to; Reason says why, Strength how sure all of it is.
-- An access without a job may be any of the jobs that ran under its identity then: a row for each, as identity-ambiguous.
-- CROSS JOIN where the order of the tables matters: SQLite keeps it, so that each is read by key.
WITH
touched AS (
  SELECT e.EventTime, e.Op, e.Actor, ARRAY_TO_STRING(e.ActingFor, ' > ') AS ActingFor, e.JobId AS AccessJob, e.Environment,
    e.Outcome, e.Strength, e.PolicyDigest, e.EventId, e.Variant
  FROM Edges AS e
  WHERE e.Node = @dataset
    AND e.Op IN ('read', 'write', 'use')
    AND (@from IS NULL OR e.EventTime >= @from)
    AND (@until IS NULL OR e.EventTime < @until)
),
-- Of a split entry perhaps another piece names the job.
pieces AS (
  SELECT DISTINCT t.EventId, t.Variant, x.JobId
  FROM touched AS t CROSS JOIN Events AS a CROSS JOIN Events AS x
  WHERE t.AccessJob = '-' AND a.EventId = t.EventId AND a.Variant = t.Variant AND a.SplitUid IS NOT NULL
    AND x.Shard IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) AND x.EventTime = t.EventTime
    AND x.SplitUid = a.SplitUid AND x.LogName = a.LogName AND x.JobId IS NOT NULL
),
named AS (
  SELECT DISTINCT n.AccessJob
  FROM (SELECT t.AccessJob FROM touched AS t UNION ALL SELECT p.JobId AS AccessJob FROM pieces AS p) AS n
  WHERE n.AccessJob != '-'
),
-- A BigQuery job, a YARN application or an OpenLineage run is part of the job that it tells of.
started AS (
  SELECT DISTINCT n.AccessJob, c.ParentJob AS JobId, 'started' AS Reason, s.Strength
  FROM named AS n CROSS JOIN Events AS c CROSS JOIN Edges AS s
  WHERE (STARTS_WITH(n.AccessJob, 'bigquery:') OR STARTS_WITH(n.AccessJob, 'yarn:')) AND c.JobId = n.AccessJob
    AND s.Node = c.ParentJob AND s.Op = 'spawn' AND s.JobId = c.JobId AND s.EventId = c.EventId AND s.Variant = c.Variant
  UNION ALL
  SELECT DISTINCT n.AccessJob, s.JobId, 'lineage-run' AS Reason, s.Strength
  FROM named AS n CROSS JOIN Edges AS s CROSS JOIN Events AS c
  WHERE STARTS_WITH(n.AccessJob, 'openlineage:') AND s.Node = n.AccessJob AND s.Op = 'spawn'
    AND c.EventId = s.EventId AND c.Variant = s.Variant AND JSON_VALUE(c.Claims, '$.lineageRun') = n.AccessJob
),
-- The id of a job whose region is not told → the ids with a region that the store knows.
regionless AS (
  SELECT n.AccessJob, n.AccessJob AS OpenId, 'region-open' AS Reason, 'stated' AS Strength FROM named AS n
  UNION ALL SELECT s.AccessJob, s.JobId AS OpenId, s.Reason, s.Strength FROM started AS s
),
placed AS (
  SELECT DISTINCT o.AccessJob, o.OpenId, o.Reason, o.Strength, f.JobId
  FROM regionless AS o CROSS JOIN Regions AS r CROSS JOIN Events AS f
  WHERE STRPOS(o.OpenId, '/-/') > 0 AND NOT STARTS_WITH(o.OpenId, 'bigquery:')
    AND f.JobId = REPLACE(o.OpenId, '/-/', '/' || r.Region || '/')
),
places AS (SELECT p.AccessJob, p.OpenId, COUNT(*) AS Candidates FROM placed AS p GROUP BY p.AccessJob, p.OpenId),
belongs AS (
  SELECT p.AccessJob, p.JobId, p.Reason,
    CASE WHEN p.Strength = 'inferred' THEN 'inferred' WHEN STARTS_WITH(p.JobId, 'dataflow:') THEN p.Strength
      WHEN c.Candidates > 1 THEN 'inferred' ELSE 'declared' END AS Strength
  FROM placed AS p JOIN places AS c ON c.AccessJob = p.AccessJob AND c.OpenId = p.OpenId
  UNION ALL
  SELECT s.AccessJob, s.JobId, s.Reason, s.Strength FROM started AS s
  WHERE s.JobId NOT IN (SELECT p.OpenId FROM placed AS p)
  UNION ALL
  SELECT n.AccessJob, n.AccessJob AS JobId, 'named' AS Reason, 'stated' AS Strength FROM named AS n
  WHERE n.AccessJob NOT IN (SELECT s.AccessJob FROM started AS s)
    AND n.AccessJob NOT IN (SELECT p.OpenId FROM placed AS p)
),
guessed AS (
  SELECT DISTINCT t.EventId, t.Variant, i.JobId
  FROM touched AS t CROSS JOIN Events AS a CROSS JOIN JobIdentities AS i
  WHERE t.AccessJob = '-' AND a.EventId = t.EventId AND a.Variant = t.Variant AND a.SplitUid IS NULL AND i.Identity = t.Actor
    AND i.Project = a.Project AND i.StartedAt <= t.EventTime AND (i.EndedAt IS NULL OR i.EndedAt >= t.EventTime)
),
guesses AS (SELECT g.EventId, g.Variant, COUNT(*) AS Candidates FROM guessed AS g GROUP BY g.EventId, g.Variant),
joined AS (
  SELECT t.EventId, t.Variant, t.Op, t.AccessJob, b.JobId, b.Reason,
    CASE WHEN 'inferred' IN (t.Strength, b.Strength) THEN 'inferred'
      WHEN 'declared' IN (t.Strength, b.Strength) THEN 'declared' ELSE t.Strength END AS Strength
  FROM touched AS t JOIN belongs AS b ON b.AccessJob = t.AccessJob
  UNION ALL
  SELECT t.EventId, t.Variant, t.Op, t.AccessJob, b.JobId, 'split' AS Reason, b.Strength
  FROM touched AS t JOIN pieces AS p ON p.EventId = t.EventId AND p.Variant = t.Variant
  JOIN belongs AS b ON b.AccessJob = p.JobId
  WHERE t.AccessJob = '-'
  UNION ALL
  SELECT t.EventId, t.Variant, t.Op, t.AccessJob, g.JobId, 'identity' AS Reason,
    CASE WHEN c.Candidates > 1 THEN 'identity-ambiguous' ELSE 'identity' END AS Strength
  FROM touched AS t JOIN guessed AS g ON g.EventId = t.EventId AND g.Variant = t.Variant
  JOIN guesses AS c ON c.EventId = t.EventId AND c.Variant = t.Variant
  WHERE t.AccessJob = '-'
),
submitted AS (
  SELECT DISTINCT s.JobId, s.Actor, ARRAY_TO_STRING(s.ActingFor, ' > ') AS ActingFor
  FROM (SELECT DISTINCT j.JobId FROM joined AS j) AS k CROSS JOIN Events AS s
  WHERE s.JobId = k.JobId AND s.Action IN ('job.submit', 'session.create', 'workflow.run') AND COALESCE(s.Phase, 'first') != 'last'
    AND s.Provenance != 'tenant'
)
SELECT t.EventTime, t.Op, t.Actor, t.ActingFor, j.JobId, s.Actor AS SubmittedBy, s.ActingFor AS SubmittedFor,
  COALESCE(j.Strength, t.Strength) AS Strength, COALESCE(j.Reason, 'no job') AS Reason, t.AccessJob, t.Environment,
  t.Outcome, t.PolicyDigest, t.EventId
FROM touched AS t
LEFT JOIN joined AS j ON j.EventId = t.EventId AND j.Variant = t.Variant AND j.Op = t.Op AND j.AccessJob = t.AccessJob
LEFT JOIN submitted AS s ON s.JobId = j.JobId
ORDER BY t.EventTime DESC, j.JobId, t.Op, t.EventId, t.Variant, s.Actor, s.ActingFor
LIMIT @limit
