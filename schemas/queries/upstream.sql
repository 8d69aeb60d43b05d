-- title: Where a dataset comes from: every dataset upstream to 6 hops, at its nearest hop, with the jobs between
-- param dataset string: dataset id, such as gs://bucket/path or bigquery:project.dataset.table
-- param limit int64 = 500: rows at most
-- A job may have put data into what it wrote or used, and taken it from what it read or used.
-- Follows one id of each job; `jobtrail explain` with the dataset also goes through jobs that a job started.
WITH
hop1 AS (
  SELECT DISTINCT e.Node AS Near, e.JobId AS JobId, v.Dataset AS Far
  FROM Edges AS e JOIN JobInputs AS v ON v.JobId = e.JobId
  WHERE e.Node = @dataset AND e.Op IN ('write', 'use') AND v.Dataset != e.Node
),
hop2 AS (
  SELECT DISTINCT e.Node AS Near, e.JobId AS JobId, v.Dataset AS Far
  FROM Edges AS e JOIN JobInputs AS v ON v.JobId = e.JobId
  WHERE e.Node IN (SELECT Far FROM hop1) AND e.Op IN ('write', 'use') AND v.Dataset != e.Node
),
hop3 AS (
  SELECT DISTINCT e.Node AS Near, e.JobId AS JobId, v.Dataset AS Far
  FROM Edges AS e JOIN JobInputs AS v ON v.JobId = e.JobId
  WHERE e.Node IN (SELECT Far FROM hop2) AND e.Op IN ('write', 'use') AND v.Dataset != e.Node
),
hop4 AS (
  SELECT DISTINCT e.Node AS Near, e.JobId AS JobId, v.Dataset AS Far
  FROM Edges AS e JOIN JobInputs AS v ON v.JobId = e.JobId
  WHERE e.Node IN (SELECT Far FROM hop3) AND e.Op IN ('write', 'use') AND v.Dataset != e.Node
),
hop5 AS (
  SELECT DISTINCT e.Node AS Near, e.JobId AS JobId, v.Dataset AS Far
  FROM Edges AS e JOIN JobInputs AS v ON v.JobId = e.JobId
  WHERE e.Node IN (SELECT Far FROM hop4) AND e.Op IN ('write', 'use') AND v.Dataset != e.Node
),
hop6 AS (
  SELECT DISTINCT e.Node AS Near, e.JobId AS JobId, v.Dataset AS Far
  FROM Edges AS e JOIN JobInputs AS v ON v.JobId = e.JobId
  WHERE e.Node IN (SELECT Far FROM hop5) AND e.Op IN ('write', 'use') AND v.Dataset != e.Node
),
steps AS (
  SELECT 1 AS Hop, Near, JobId, Far FROM hop1
  UNION ALL SELECT 2 AS Hop, Near, JobId, Far FROM hop2
  UNION ALL SELECT 3 AS Hop, Near, JobId, Far FROM hop3
  UNION ALL SELECT 4 AS Hop, Near, JobId, Far FROM hop4
  UNION ALL SELECT 5 AS Hop, Near, JobId, Far FROM hop5
  UNION ALL SELECT 6 AS Hop, Near, JobId, Far FROM hop6
),
nearest AS (SELECT Far, MIN(Hop) AS Hop FROM steps GROUP BY Far)
SELECT s.Hop, s.Far AS Dataset, s.JobId, s.Near AS FlowsInto
FROM steps AS s JOIN nearest AS n ON n.Far = s.Far AND n.Hop = s.Hop
WHERE s.Far != @dataset
ORDER BY s.Hop, s.Far, s.JobId, s.Near
LIMIT @limit
