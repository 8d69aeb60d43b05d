-- Views that the saved queries stand on: schemas/spanner/0002_views.sql with JSON text in the place of arrays, and the same
-- columns.

-- One row for each event that names a dataset of a job: which job read, wrote or used what.
CREATE VIEW JobFlows AS
SELECT e.JobId AS JobId, 'read' AS Op, d.value AS Dataset, e.EventTime AS EventTime, e.EventId AS EventId, e.Variant AS Variant
FROM Events AS e CROSS JOIN json_each(e.Reads) AS d WHERE e.JobId IS NOT NULL
UNION ALL
SELECT e.JobId AS JobId, 'write' AS Op, d.value AS Dataset, e.EventTime AS EventTime, e.EventId AS EventId, e.Variant AS Variant
FROM Events AS e CROSS JOIN json_each(e.Writes) AS d WHERE e.JobId IS NOT NULL
UNION ALL
SELECT e.JobId AS JobId, 'use' AS Op, d.value AS Dataset, e.EventTime AS EventTime, e.EventId AS EventId, e.Variant AS Variant
FROM Events AS e CROSS JOIN json_each(e.Uses) AS d WHERE e.JobId IS NOT NULL;

-- What a job may have taken data from: read, or used in a direction that no entry tells. (One SELECT, not a UNION, so that
-- SQLite carries the JobId of a query into the view.)
CREATE VIEW JobInputs AS
SELECT e.JobId AS JobId, d.value AS Dataset
FROM Events AS e CROSS JOIN json_each(json_array(json(e.Reads), json(e.Uses))) AS list CROSS JOIN json_each(list.value) AS d
WHERE e.JobId IS NOT NULL;

-- What a job may have put data into: written, or used in a direction that no entry tells.
CREATE VIEW JobOutputs AS
SELECT e.JobId AS JobId, d.value AS Dataset
FROM Events AS e CROSS JOIN json_each(json_array(json(e.Writes), json(e.Uses))) AS list CROSS JOIN json_each(list.value) AS d
WHERE e.JobId IS NOT NULL;

-- One row for each job. Who, for whom, where and when come from its submission, or from the first event that names the
-- job where no submission is recorded (Submitted says which). Outcome and FinishedAt come from the last event that ends
-- the job: the closing entry of an operation, or a finish. JobId is null nowhere.
CREATE VIEW Jobs AS
SELECT k.JobId AS JobId, s.JobName AS JobName, k.Submitted AS Submitted, s.EventTime AS StartedAt,
  s.Actor AS Actor, s.ActorKind AS ActorKind, ARRAY_TO_STRING(s.ActingFor, ' > ') AS ActingFor, s.RunAs AS RunAs,
  k.ParentJob AS ParentJob, s.Environment AS Environment, s.Project AS Project, s.Location AS Location,
  f.EventTime AS FinishedAt, COALESCE(f.Outcome, s.Outcome) AS Outcome,
  k.Reads AS Reads, k.Writes AS Writes, k.Uses AS Uses, k.EventCount AS EventCount, s.EventId AS EventId
FROM (
  SELECT j.JobId AS JobId, j.EventCount AS EventCount, j.Submitted AS Submitted,
    (SELECT x.EventId FROM Events AS x WHERE x.JobId = j.JobId ORDER BY
      CASE WHEN x.Action IN ('job.submit', 'session.create', 'workflow.run') AND COALESCE(x.Phase, 'first') != 'last'
        AND x.Provenance != 'tenant' THEN 0 ELSE 1 END,
      x.EventTime, x.EventId, x.Variant LIMIT 1) AS FirstId,
    (SELECT x.Variant FROM Events AS x WHERE x.JobId = j.JobId ORDER BY
      CASE WHEN x.Action IN ('job.submit', 'session.create', 'workflow.run') AND COALESCE(x.Phase, 'first') != 'last'
        AND x.Provenance != 'tenant' THEN 0 ELSE 1 END,
      x.EventTime, x.EventId, x.Variant LIMIT 1) AS FirstVariant,
    (SELECT x.EventId FROM Events AS x WHERE x.JobId = j.JobId AND x.Outcome != 'unknown'
        AND (x.Phase = 'last' OR x.Action = 'job.finish')
      ORDER BY x.EventTime DESC, x.EventId DESC, x.Variant DESC LIMIT 1) AS FinalId,
    (SELECT x.Variant FROM Events AS x WHERE x.JobId = j.JobId AND x.Outcome != 'unknown'
        AND (x.Phase = 'last' OR x.Action = 'job.finish')
      ORDER BY x.EventTime DESC, x.EventId DESC, x.Variant DESC LIMIT 1) AS FinalVariant,
    (SELECT MIN(x.ParentJob) FROM Events AS x WHERE x.JobId = j.JobId) AS ParentJob,
    (SELECT COALESCE(group_concat(v.Dataset, ', '), '') FROM (SELECT DISTINCT d.value AS Dataset
      FROM Events AS x CROSS JOIN json_each(x.Reads) AS d WHERE x.JobId = j.JobId ORDER BY d.value) AS v) AS Reads,
    (SELECT COALESCE(group_concat(v.Dataset, ', '), '') FROM (SELECT DISTINCT d.value AS Dataset
      FROM Events AS x CROSS JOIN json_each(x.Writes) AS d WHERE x.JobId = j.JobId ORDER BY d.value) AS v) AS Writes,
    (SELECT COALESCE(group_concat(v.Dataset, ', '), '') FROM (SELECT DISTINCT d.value AS Dataset
      FROM Events AS x CROSS JOIN json_each(x.Uses) AS d WHERE x.JobId = j.JobId ORDER BY d.value) AS v) AS Uses
  FROM (
    SELECT e.JobId AS JobId, COUNT(*) AS EventCount,
      CASE WHEN SUM(CASE WHEN e.Action IN ('job.submit', 'session.create', 'workflow.run')
        AND COALESCE(e.Phase, 'first') != 'last' AND e.Provenance != 'tenant' THEN 1 ELSE 0 END) > 0
        THEN 'recorded' ELSE 'no record' END AS Submitted
    FROM Events AS e WHERE e.JobId IS NOT NULL GROUP BY e.JobId
  ) AS j
) AS k
JOIN Events AS s ON s.EventId = k.FirstId AND s.Variant = k.FirstVariant
LEFT JOIN Events AS f ON f.EventId = k.FinalId AND f.Variant = k.FinalVariant;

-- Mesh and gateway calls that a submission came through: the same job API call, with the request id that the submission
-- carries as its token (which its caller chose), or by the same principal within seconds. The path of a gRPC call names no
-- project and region. One submission may have several rows: both proxies of a hop report it, and calls close in time
-- cannot be told apart.
CREATE VIEW JobHops AS
SELECT s.JobId AS JobId, s.EventId AS SubmissionId, m.EventId AS CallId, m.EventTime AS CallTime, m.Via AS Via,
  m.Actor AS Caller, m.RequestId AS RequestId, m.Provenance AS Provenance, m.Claims AS Claims,
  CASE WHEN m.RequestId = JSON_VALUE(s.Claims, '$.requestToken') THEN 'request-id' ELSE 'call-and-time' END AS Strength
FROM Events AS s JOIN Events AS m ON m.CallKey IN (s.CallKey, substr(s.CallKey, 1, instr(s.CallKey, '|') + instr(substr(s.CallKey, instr(s.CallKey, '|') + 1), '|')) || '|')
WHERE s.JobId IS NOT NULL AND s.Action IN ('job.submit', 'session.create', 'workflow.run')
  AND COALESCE(s.Phase, 'first') != 'last' AND s.Via = 'direct'
  AND m.Shard BETWEEN 0 AND 15 AND m.Action = 'api.call' AND m.Outcome != 'denied'
  AND m.EventTime >= strftime('%Y-%m-%dT%H:%M:%S', s.EventTime, '-60 seconds')
  AND m.EventTime <= strftime('%Y-%m-%dT%H:%M:%S', s.EventTime, '+11 seconds')
  AND (m.Actor = s.Actor OR m.RequestId = JSON_VALUE(s.Claims, '$.requestToken'));

-- Event ids under which more than one content was recorded.
CREATE VIEW EventConflicts AS
SELECT e.EventId AS EventId, COUNT(*) AS Variants, MIN(e.EventTime) AS EventTime, MIN(e.Source) AS Source
FROM Events AS e GROUP BY e.EventId HAVING COUNT(*) > 1;

-- Events whose recorded columns are equal and whose whole contents are not.
CREATE VIEW RenditionConflicts AS
SELECT r.EventId AS EventId, r.Variant AS Variant, COUNT(DISTINCT r.Canonical) AS Contents
FROM Renditions AS r GROUP BY r.EventId, r.Variant HAVING COUNT(DISTINCT r.Canonical) > 1;
