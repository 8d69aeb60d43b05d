-- Optional: database roles, one for each kind of table. Not applied by default and NOT TESTED on the emulator (1.5.28
-- answers CREATE ROLE with an internal error). Give an identity a role with roles/spanner.fineGrainedAccessUser and
-- roles/spanner.databaseRoleUser under a condition on the role's name.

-- Ingest adds facts and receipts and can change or remove neither. It reads keys, to know what is there already.
CREATE ROLE jobtrail_ingest;
GRANT SELECT, INSERT ON TABLE Events, Edges, PolicyVersions, Quarantine, Renditions, Receipts, Findings, Witnesses
  TO ROLE jobtrail_ingest;
GRANT INSERT ON TABLE Arrivals TO ROLE jobtrail_ingest;
-- Open work and what was seen are put there whether or not they are there already; ingest takes nothing off the queue.
GRANT INSERT, UPDATE ON TABLE OpenWork, Sightings TO ROLE jobtrail_ingest;
-- Functions keep the texts of the bundle they start with; which one is in force only a push says.
GRANT SELECT, INSERT ON TABLE Bundles TO ROLE jobtrail_ingest;
GRANT SELECT ON TABLE BundlesInForce TO ROLE jobtrail_ingest;

-- `jobtrail policy push`: for those who may change what decides.
CREATE ROLE jobtrail_policy;
GRANT SELECT, INSERT ON TABLE Bundles, BundlesInForce TO ROLE jobtrail_policy;

-- deliver and callbacks read findings and keep what became of them; the event behind a finding is not theirs to read.
CREATE ROLE jobtrail_alerts;
GRANT SELECT ON TABLE Findings TO ROLE jobtrail_alerts;
GRANT SELECT, INSERT, UPDATE ON TABLE Episodes, EpisodeTransitions, EpisodeFindings, Deliveries TO ROLE jobtrail_alerts;
GRANT SELECT ON TABLE Silences TO ROLE jobtrail_alerts;

-- reconcile reads facts and what ingest left for it, says verdicts, and resolves alerts whose findings hold no longer. What it says
-- again it writes over with the same, which takes UPDATE; facts that it did not make it cannot change.
CREATE ROLE jobtrail_reconcile;
GRANT SELECT ON TABLE Events, Edges, PolicyVersions, Witnesses, Sightings, Arrivals, Silences TO ROLE jobtrail_reconcile;
GRANT SELECT, INSERT, UPDATE ON TABLE Verdicts, Findings, Paths TO ROLE jobtrail_reconcile;
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE OpenWork TO ROLE jobtrail_reconcile;
GRANT SELECT, INSERT, UPDATE ON TABLE Episodes, EpisodeTransitions, Deliveries TO ROLE jobtrail_reconcile;
GRANT SELECT ON TABLE EpisodeFindings TO ROLE jobtrail_reconcile;
GRANT SELECT, INSERT ON TABLE Bundles TO ROLE jobtrail_reconcile;
GRANT SELECT ON TABLE BundlesInForce TO ROLE jobtrail_reconcile;

-- An auditor reads everything but the raw texts, which may hold what secret detectors missed, and what the schema is.
CREATE ROLE jobtrail_auditor;
GRANT SELECT ON TABLE SchemaVersions, Edges, PolicyVersions, Receipts, Arrivals, Bundles, BundlesInForce, Findings, Episodes,
  EpisodeTransitions, EpisodeFindings, Deliveries, Silences, Witnesses, Verdicts, Sightings, OpenWork, Paths, Redriven
  TO ROLE jobtrail_auditor;
GRANT ROLE spanner_info_reader TO ROLE jobtrail_auditor;
GRANT SELECT (
  EventId, Variant, Shard, EventTime, ReceiveTime, Source, Action, Outcome, Method, Status, Actor, ActorKind, ActorProof,
  ActorAs, ActorOwner, ActorLane, ActorAbsent, ActingFor, ActingForBy, Bindings, KeyName, RunAs, Peer, JobId, JobName, ParentJob, OperationId,
  Phase, Resource, Project, Location, Environment, Via, Provenance, CallKey, RequestId, Trace, Reads, Writes, Uses,
  Claims, SplitUid, SplitIndex, SplitTotal, LogName, InsertId, Normaliser, Decision, DecidedBy, WaitsFor,
  PolicyDigest, Digest, ExpireAt
) ON TABLE Events TO ROLE jobtrail_auditor;
GRANT SELECT (QuarantineId, Source, Reason, Message, Hint, RawEncoding, RawBytes, FirstSeen, ExpireAt)
  ON TABLE Quarantine TO ROLE jobtrail_auditor;
GRANT SELECT (EventId, Variant, Digest, Canonical, Basis, ExpireAt) ON TABLE Renditions TO ROLE jobtrail_auditor;
GRANT SELECT ON VIEW JobFlows, JobInputs, JobOutputs, Jobs, JobHops, Regions, EventDatasets, JobOpenIds, JobParts,
  JobIdentities, JobAccess, EventConflicts, RenditionConflicts, LatestVerdicts TO ROLE jobtrail_auditor;

-- Who is on call: `jobtrail alerts` answers alerts and holds them back. A silence is added and never changed.
CREATE ROLE jobtrail_oncall;
GRANT ROLE jobtrail_auditor, jobtrail_alerts TO ROLE jobtrail_oncall;
GRANT INSERT ON TABLE Silences TO ROLE jobtrail_oncall;

-- Who mends the trail: `jobtrail redrive` reads what is in quarantine again and says so, `jobtrail backfill` brings what was before,
-- judges it and tells of it, as the functions would have done. It can put in what never was, as ingest can.
CREATE ROLE jobtrail_operator;
GRANT ROLE jobtrail_ingest, jobtrail_reconcile, jobtrail_alerts, jobtrail_auditor TO ROLE jobtrail_operator;
GRANT SELECT, INSERT, UPDATE ON TABLE Redriven TO ROLE jobtrail_operator;
