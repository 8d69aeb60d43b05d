-- Optional: database roles, one for each kind of table. Not applied by default and NOT TESTED on the emulator (1.5.28
-- answers CREATE ROLE with an internal error). Give an identity a role with roles/spanner.fineGrainedAccessUser and
-- roles/spanner.databaseRoleUser under a condition on the role's name.

-- Ingest adds facts and receipts and can change or remove neither. It reads keys, to know what is there already.
CREATE ROLE jobtrail_ingest;
GRANT SELECT, INSERT ON TABLE Events, Edges, PolicyVersions, Quarantine, Renditions, Receipts TO ROLE jobtrail_ingest;

-- An auditor reads everything but the raw texts, which may hold what secret detectors missed.
CREATE ROLE jobtrail_auditor;
GRANT SELECT ON TABLE Edges, PolicyVersions, Receipts TO ROLE jobtrail_auditor;
GRANT SELECT (
  EventId, Variant, Shard, EventTime, ReceiveTime, Source, Action, Outcome, Method, Status, Actor, ActorKind, ActorProof,
  ActorAs, ActorOwner, ActorLane, ActorAbsent, ActingFor, ActingForBy, Bindings, KeyName, RunAs, Peer, JobId, JobName, ParentJob, OperationId,
  Phase, Resource, Project, Location, Environment, Via, Provenance, CallKey, RequestId, Trace, Reads, Writes, Uses,
  Claims, SplitUid, SplitIndex, SplitTotal, LogName, InsertId, Normaliser, PolicyDigest, Digest, ExpireAt
) ON TABLE Events TO ROLE jobtrail_auditor;
GRANT SELECT (QuarantineId, Source, Reason, Message, Hint, RawEncoding, RawBytes, FirstSeen, ExpireAt)
  ON TABLE Quarantine TO ROLE jobtrail_auditor;
GRANT SELECT (EventId, Variant, Digest, Canonical, Basis, ExpireAt) ON TABLE Renditions TO ROLE jobtrail_auditor;
GRANT SELECT ON VIEW JobFlows, JobInputs, JobOutputs, Jobs, JobHops, Regions, EventDatasets, JobOpenIds, JobParts,
  JobIdentities, JobAccess, EventConflicts, RenditionConflicts TO ROLE jobtrail_auditor;
