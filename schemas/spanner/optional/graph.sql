-- Optional, Enterprise edition: lineage as a property graph. Not applied by default and NOT TESTED on the emulator
-- (1.5.28 has no property graphs). Apply after 0001_base.sql and 0002_views.sql; nothing in the product needs it.
-- Nodes are jobs and whatever has an edge to one; an edge runs between Node and JobId in the direction of the data.

CREATE VIEW GraphNodes SQL SECURITY INVOKER AS
SELECT DISTINCT e.Node AS Id FROM Edges AS e
UNION DISTINCT
SELECT DISTINCT e.JobId AS Id FROM Edges AS e;

CREATE VIEW GraphFlows SQL SECURITY INVOKER AS
SELECT e.Node AS FromId, e.JobId AS ToId, e.Op AS Op, e.EventId AS EventId, e.Variant AS Variant, e.EventTime AS EventTime
FROM Edges AS e WHERE e.Op != 'write'
UNION ALL
SELECT e.JobId AS FromId, e.Node AS ToId, e.Op AS Op, e.EventId AS EventId, e.Variant AS Variant, e.EventTime AS EventTime
FROM Edges AS e WHERE e.Op IN ('write', 'use');

CREATE OR REPLACE PROPERTY GRAPH Lineage
  NODE TABLES (GraphNodes KEY (Id) LABEL Thing PROPERTIES (Id))
  EDGE TABLES (
    GraphFlows KEY (FromId, ToId, Op, EventId, Variant)
      SOURCE KEY (FromId) REFERENCES GraphNodes (Id)
      DESTINATION KEY (ToId) REFERENCES GraphNodes (Id)
      LABEL FlowsTo PROPERTIES (Op, EventId, EventTime)
  );

-- Upstream of a dataset; a hop between datasets is two edges:
--   GRAPH Lineage MATCH ANY SHORTEST (s:Thing)-[e:FlowsTo]->{1,12}(d:Thing {Id: @dataset})
--   RETURN s.Id, ARRAY_LENGTH(e) AS Edges
