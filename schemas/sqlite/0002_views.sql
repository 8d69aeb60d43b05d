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
-- A job that was approved, and of which nothing else is told, is none yet.
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
        AND x.Provenance != 'tenant' THEN 0 WHEN x.Action LIKE 'grant.%' THEN 2 ELSE 1 END,
      x.EventTime, x.EventId, x.Variant LIMIT 1) AS FirstId,
    (SELECT x.Variant FROM Events AS x WHERE x.JobId = j.JobId ORDER BY
      CASE WHEN x.Action IN ('job.submit', 'session.create', 'workflow.run') AND COALESCE(x.Phase, 'first') != 'last'
        AND x.Provenance != 'tenant' THEN 0 WHEN x.Action LIKE 'grant.%' THEN 2 ELSE 1 END,
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
    FROM Events AS e WHERE e.JobId IS NOT NULL AND e.Action NOT LIKE 'grant.%' GROUP BY e.JobId
  ) AS j
) AS k
JOIN Events AS s ON s.EventId = k.FirstId AND s.Variant = k.FirstVariant
LEFT JOIN Events AS f ON f.EventId = k.FinalId AND f.Variant = k.FinalVariant;

-- Mesh and gateway calls that a submission came through: the same job API call, with the request id that the submission
-- carries as its token (which its caller chose), or by the same principal within seconds. A gateway has a request id of its
-- own beside the one it was handed (correlationId): either will do. The path of a gRPC call names no project and region.
-- One submission may have several rows: both proxies of a hop report it, and calls close in time cannot be told apart.
CREATE VIEW JobHops AS
SELECT s.JobId AS JobId, s.EventId AS SubmissionId, m.EventId AS CallId, m.EventTime AS CallTime, m.Via AS Via,
  m.Actor AS Caller, m.RequestId AS RequestId, m.Provenance AS Provenance, m.Claims AS Claims,
  CASE WHEN JSON_VALUE(s.Claims, '$.requestToken') IN (m.RequestId, JSON_VALUE(m.Claims, '$.correlationId'))
    THEN 'request-id' ELSE 'call-and-time' END AS Strength
FROM Events AS s JOIN Events AS m ON m.CallKey IN (s.CallKey, substr(s.CallKey, 1, instr(s.CallKey, '|') + instr(substr(s.CallKey, instr(s.CallKey, '|') + 1), '|')) || '|')
WHERE s.JobId IS NOT NULL AND s.Action IN ('job.submit', 'session.create', 'workflow.run')
  AND COALESCE(s.Phase, 'first') != 'last' AND s.Via = 'direct'
  AND m.Shard IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) AND m.Action = 'api.call' AND m.Outcome != 'denied'
  AND m.EventTime >= strftime('%Y-%m-%dT%H:%M:%S', s.EventTime, '-60 seconds')
  AND m.EventTime <= strftime('%Y-%m-%dT%H:%M:%S', s.EventTime, '+11 seconds')
  AND (m.Actor = s.Actor
    OR JSON_VALUE(s.Claims, '$.requestToken') IN (m.RequestId, JSON_VALUE(m.Claims, '$.correlationId')));

-- Regions of Dataproc and Dataflow (shared/model/regions.ts): where a job may be of which only project and id are known.
CREATE VIEW Regions AS
SELECT r.value AS Region
FROM json_each('[
  "africa-south1", "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2", "asia-northeast3",
  "asia-south1", "asia-south2", "asia-southeast1", "asia-southeast2", "asia-southeast3", "australia-southeast1",
  "australia-southeast2", "europe-central2", "europe-north1", "europe-north2", "europe-southwest1", "europe-west1",
  "europe-west2", "europe-west3", "europe-west4", "europe-west6", "europe-west8", "europe-west9", "europe-west10",
  "europe-west12", "global", "me-central1", "me-central2", "me-west1", "northamerica-northeast1",
  "northamerica-northeast2", "northamerica-south1", "southamerica-east1", "southamerica-west1", "us-central1",
  "us-east1", "us-east4", "us-east5", "us-south1", "us-west1", "us-west2", "us-west3", "us-west4"
]') AS r;

-- One row for each dataset that an event names, whether it names a job or not. Dataset is never null.
CREATE VIEW EventDatasets AS
SELECT e.EventId AS EventId, e.Variant AS Variant, e.EventTime AS EventTime, e.Shard AS Shard, e.Action AS Action,
  e.JobId AS JobId, e.Actor AS Actor, e.Outcome AS Outcome, e.Project AS Project, e.LogName AS LogName,
  e.SplitUid AS SplitUid, e.Claims AS Claims, list.key AS Op, d.value AS Dataset
FROM Events AS e
CROSS JOIN json_each(json_object('read', json(e.Reads), 'write', json(e.Writes), 'use', json(e.Uses))) AS list
CROSS JOIN json_each(list.value) AS d;

-- Each job with the id that it has in records which do not tell its region; its own id where there is no such form.
CREATE VIEW JobOpenIds AS
SELECT j.JobId AS JobId, CASE WHEN substr(j.JobId, 1, 9) IN ('dataproc:', 'dataflow:') OR substr(j.JobId, 1, 5) = 'yarn:'
    THEN substr(j.JobId, 1, instr(j.JobId, '/')) || '-' || substr(substr(j.JobId, instr(j.JobId, '/') + 1), instr(substr(j.JobId, instr(j.JobId, '/') + 1), '/'))
    ELSE j.JobId END AS OpenId
FROM (SELECT DISTINCT e.JobId AS JobId FROM Events AS e WHERE e.JobId IS NOT NULL) AS j;

-- The ids under which the work of a job is recorded: its own (named), the one without its region (region-open), jobs that
-- it started and those that these started (started), and OpenLineage runs that name it in some of their events
-- (lineage-run). Strength says how sure it is that Part belongs to JobId. A job without a region may be in several: where
-- the store has more than one with its id, it belongs to each as inferred only. Ids of Dataflow are unique in a project.
CREATE VIEW JobParts AS
SELECT o.JobId AS JobId, o.JobId AS Part, 'named' AS Reason, 'stated' AS Strength
FROM JobOpenIds AS o
UNION ALL
SELECT o.JobId AS JobId, o.OpenId AS Part, 'region-open' AS Reason,
  CASE WHEN substr(o.JobId, 1, 9) = 'dataflow:' THEN 'stated'
    WHEN (SELECT COUNT(DISTINCT x.JobId) FROM Regions AS r
      JOIN Events AS x ON x.JobId = replace(o.OpenId, '/-/', '/' || r.Region || '/')) > 1 THEN 'inferred'
    ELSE 'declared' END AS Strength
FROM JobOpenIds AS o WHERE o.OpenId != o.JobId
UNION ALL
SELECT DISTINCT o.JobId AS JobId, s.JobId AS Part, 'started' AS Reason,
  CASE (SELECT MIN(CASE x.Strength WHEN 'stated' THEN 1 WHEN 'declared' THEN 2 ELSE 3 END) FROM Edges AS x
      WHERE x.Node IN (o.JobId, o.OpenId) AND x.Op = 'spawn' AND x.JobId = s.JobId)
    WHEN 1 THEN 'stated' WHEN 2 THEN 'declared' ELSE 'inferred' END AS Strength
FROM JobOpenIds AS o JOIN Edges AS s ON s.Node IN (o.JobId, o.OpenId) AND s.Op = 'spawn' WHERE s.JobId != o.JobId
UNION ALL
SELECT DISTINCT o.JobId AS JobId, t.JobId AS Part, 'started' AS Reason,
  CASE WHEN 'inferred' IN (s.Strength, t.Strength) THEN 'inferred'
    WHEN 'declared' IN (s.Strength, t.Strength) THEN 'declared' ELSE 'stated' END AS Strength
FROM JobOpenIds AS o JOIN Edges AS s ON s.Node IN (o.JobId, o.OpenId) AND s.Op = 'spawn'
JOIN Edges AS t ON t.Node = s.JobId AND t.Op = 'spawn'
WHERE t.JobId NOT IN (o.JobId, s.JobId) AND NOT EXISTS (SELECT 1 FROM Edges AS x
  WHERE x.Node IN (o.JobId, o.OpenId) AND x.Op = 'spawn' AND x.JobId = t.JobId)
UNION ALL
SELECT DISTINCT e.JobId AS JobId, json_extract(e.Claims, '$.lineageRun') AS Part, 'lineage-run' AS Reason, 'declared' AS Strength
FROM Events AS e WHERE e.Source = 'openlineage' AND e.JobId IS NOT NULL
  AND json_extract(e.Claims, '$.lineageRun') IS NOT NULL;

-- Identities that jobs run under, as their submissions or the engine's own lists of jobs state them, and while they ran: from
-- the first event of the job to the last that ends it; EndedAt is null while none does. BigQuery jobs are not among them:
-- each of their accesses names them. One job may have several rows.
CREATE VIEW JobIdentities AS
SELECT r.JobId AS JobId, r.Node AS Identity, s.Project AS Project,
  (SELECT MIN(x.EventTime) FROM Events AS x WHERE x.JobId = r.JobId) AS StartedAt,
  (SELECT MAX(x.EventTime) FROM Events AS x WHERE x.JobId = r.JobId
    AND (x.Action IN ('job.finish', 'session.terminate', 'session.delete')
      OR (x.Action IN ('job.submit', 'workflow.run') AND x.Phase = 'last')
      OR (x.Action = 'job.observe' AND x.Outcome != 'unknown'))) AS EndedAt
FROM Edges AS r JOIN Events AS s ON s.EventId = r.EventId AND s.Variant = r.Variant
WHERE r.Op = 'runs' AND s.JobId = r.JobId AND s.RunAs = r.Node
  AND (s.Outcome IN ('allowed', 'unknown') OR s.Action = 'job.observe');

-- What a job touched, however that is known; Reason says how (docs/vocabulary.md), Strength how sure it is. AccessJob is the id
-- that the record itself has, - where it names no job. Of an engine's own files (Reason path) Dataset is the object.
-- A piece of a split entry belongs to the job that another piece names (Reason split), and to no other by its identity. Ask
-- for one JobId: all but the last part are then read by key, the last by the time in which the job ran.
CREATE VIEW JobAccess AS
SELECT p.JobId AS JobId, f.Dataset AS Dataset, f.Op AS Op, CASE WHEN 'inferred' IN (g.Strength, p.Strength) THEN 'inferred'
    WHEN 'declared' IN (g.Strength, p.Strength) THEN 'declared' ELSE 'stated' END AS Strength,
  CASE WHEN p.Reason = 'named' THEN COALESCE(json_extract(f.Claims, '$.jobBy'), 'named') ELSE p.Reason END AS Reason,
  p.Part AS AccessJob, f.EventId AS EventId, f.Variant AS Variant, f.EventTime AS EventTime, f.Actor AS Actor,
  f.Outcome AS Outcome
FROM JobParts AS p JOIN EventDatasets AS f ON f.JobId = p.Part
JOIN Edges AS g ON g.Node = f.Dataset AND g.Op = f.Op AND g.JobId = f.JobId AND g.EventId = f.EventId AND g.Variant = f.Variant
UNION ALL
SELECT p.JobId AS JobId, e.Resource AS Dataset, CASE e.Action WHEN 'data.read' THEN 'read' ELSE 'write' END AS Op,
  CASE p.Strength WHEN 'inferred' THEN 'inferred' ELSE 'path' END AS Strength, 'path' AS Reason,
  p.Part AS AccessJob, e.EventId AS EventId, e.Variant AS Variant, e.EventTime AS EventTime, e.Actor AS Actor,
  e.Outcome AS Outcome
FROM JobParts AS p JOIN Events AS e ON e.JobId = p.Part
WHERE e.Action IN ('data.read', 'data.write', 'data.delete', 'data.share') AND e.Outcome != 'denied' AND json_extract(e.Claims, '$.jobBy') = 'path'
  AND e.Reads IS NULL AND e.Writes IS NULL AND e.Uses IS NULL
UNION ALL
SELECT DISTINCT p.JobId AS JobId, f.Dataset AS Dataset, f.Op AS Op, p.Strength AS Strength, 'split' AS Reason,
  p.Part AS AccessJob, f.EventId AS EventId, f.Variant AS Variant, f.EventTime AS EventTime, f.Actor AS Actor,
  f.Outcome AS Outcome
FROM JobParts AS p JOIN Events AS e ON e.JobId = p.Part
JOIN EventDatasets AS f ON f.SplitUid = e.SplitUid AND f.EventTime = e.EventTime AND f.LogName = e.LogName
WHERE e.SplitUid IS NOT NULL AND f.Shard IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) AND f.JobId IS NULL
UNION ALL
SELECT r.JobId AS JobId, f.Dataset AS Dataset, f.Op AS Op,
  CASE WHEN (SELECT COUNT(DISTINCT q.JobId) FROM JobIdentities AS q
      WHERE q.Identity = r.Identity AND q.Project = r.Project AND q.StartedAt <= f.EventTime
        AND COALESCE(q.EndedAt, '9999-12-31T00:00:00.000000000Z') >= f.EventTime) > 1
    THEN 'identity-ambiguous' ELSE 'identity' END AS Strength, 'identity' AS Reason,
  '-' AS AccessJob, f.EventId AS EventId, f.Variant AS Variant, f.EventTime AS EventTime, f.Actor AS Actor,
  f.Outcome AS Outcome
FROM (SELECT DISTINCT i.JobId AS JobId, i.Identity AS Identity, i.Project AS Project, i.StartedAt AS StartedAt,
    i.EndedAt AS EndedAt FROM JobIdentities AS i) AS r
JOIN EventDatasets AS f ON f.Actor = r.Identity AND f.Project = r.Project AND f.EventTime >= r.StartedAt
  AND f.EventTime <= COALESCE(r.EndedAt, '9999-12-31T00:00:00.000000000Z')
WHERE f.Shard IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) AND f.JobId IS NULL AND f.SplitUid IS NULL
  AND f.Action IN ('data.read', 'data.write', 'data.delete', 'data.share');

-- Event ids under which more than one content was recorded.
CREATE VIEW EventConflicts AS
SELECT e.EventId AS EventId, COUNT(*) AS Variants, MIN(e.EventTime) AS EventTime, MIN(e.Source) AS Source
FROM Events AS e GROUP BY e.EventId HAVING COUNT(*) > 1;

-- Events whose recorded columns are equal and whose whole contents are not.
CREATE VIEW RenditionConflicts AS
SELECT r.EventId AS EventId, r.Variant AS Variant, COUNT(DISTINCT r.Canonical) AS Contents
FROM Renditions AS r GROUP BY r.EventId, r.Variant HAVING COUNT(DISTINCT r.Canonical) > 1;
