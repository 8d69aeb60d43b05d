-- GoogleSQL DDL of Jobtrail, Standard edition. Facts and the ledger are inserted and never changed; keys are content
-- digests, so writes spread. The columns are held against schemas/tables.ts by a test. Times are UTC.

-- Which of these files were applied and when, by a digest of their statements. Written by `jobtrail migrate` alone.
CREATE TABLE SchemaVersions (
  Name STRING(128) NOT NULL,
  Version INT64 NOT NULL,
  Digest STRING(64) NOT NULL,
  AppliedAt TIMESTAMP NOT NULL OPTIONS (allow_commit_timestamp = true),
) PRIMARY KEY (Name);

-- Kind: fact. One row for each thing a log entry tells. Variant tells two contents under one id apart: the first 16
-- hex digits of a digest of what the entry says (shared/pipeline/variant.ts). Shard is the first hex digit of EventId.
-- Digest, Raw and ExpireAt are outside the row's digest: they depend on the rendition that came first or on retention.
CREATE TABLE Events (
  EventId STRING(64) NOT NULL,
  Variant STRING(16) NOT NULL,
  Shard INT64 NOT NULL,
  EventTime TIMESTAMP NOT NULL,
  ReceiveTime TIMESTAMP,
  Source STRING(32) NOT NULL,
  Action STRING(32) NOT NULL,
  Outcome STRING(8) NOT NULL,
  Method STRING(256) NOT NULL,
  Status INT64,
  Actor STRING(1024),
  ActorKind STRING(16),
  ActorProof STRING(16),
  ActorAs STRING(1024),
  ActorOwner STRING(1024),
  ActorLane STRING(64),
  ActorAbsent STRING(32),
  ActingFor ARRAY<STRING(1024)>,
  ActingForBy ARRAY<STRING(64)>,
  Bindings ARRAY<STRING(128)>,
  KeyName STRING(512),
  RunAs STRING(1024),
  Peer STRING(1024),
  JobId STRING(512),
  JobName STRING(1024),
  ParentJob STRING(512),
  OperationId STRING(256),
  Phase STRING(8),
  Resource STRING(2048),
  Project STRING(128),
  Location STRING(128),
  Environment STRING(64),
  Via STRING(8) NOT NULL,
  Provenance STRING(16) NOT NULL,
  CallKey STRING(512),
  RequestId STRING(128),
  Trace STRING(256),
  Reads ARRAY<STRING(1024)>,
  Writes ARRAY<STRING(1024)>,
  Uses ARRAY<STRING(1024)>,
  Claims STRING(MAX),
  SplitUid STRING(128),
  SplitIndex INT64,
  SplitTotal INT64,
  LogName STRING(1024),
  InsertId STRING(512),
  Normaliser INT64 NOT NULL,
  Decision STRING(16),
  DecidedBy ARRAY<STRING(128)>,
  WaitsFor ARRAY<STRING(16)>,
  PolicyDigest STRING(64),
  Digest STRING(64) NOT NULL,
  Raw STRING(MAX),
  ExpireAt TIMESTAMP NOT NULL,
) PRIMARY KEY (EventId, Variant),
  ROW DELETION POLICY (OLDER_THAN(ExpireAt, INTERVAL 0 DAY));

CREATE INDEX EventsByTime ON Events (Shard, EventTime DESC) STORING (Action);

CREATE NULL_FILTERED INDEX EventsByJob ON Events (JobId, EventTime) STORING (Action);

-- Kind: fact. Lineage: one row for each end that is not the job (principal, dataset, parent job). The job's own end is
-- found through EventsByJob and the views, so no secondary index is paid for.
CREATE TABLE Edges (
  Node STRING(1024) NOT NULL,
  Op STRING(16) NOT NULL,
  JobId STRING(512) NOT NULL,
  EventId STRING(64) NOT NULL,
  Variant STRING(16) NOT NULL,
  EventTime TIMESTAMP NOT NULL,
  Actor STRING(1024),
  ActingFor ARRAY<STRING(1024)>,
  Environment STRING(64),
  Outcome STRING(8) NOT NULL,
  Strength STRING(16) NOT NULL,
  PolicyDigest STRING(64) NOT NULL,
  ExpireAt TIMESTAMP NOT NULL,
) PRIMARY KEY (Node, Op, JobId, EventId, Variant),
  ROW DELETION POLICY (OLDER_THAN(ExpireAt, INTERVAL 0 DAY));

-- Kind: fact. One row for each allowed change of a policy of mesh, gateway, IAM or organisation. The version that held at
-- an instant is the first row of its policy at or before it. ContentDigest is equal for equal contents, so a change that
-- was taken back shows the digest of before. Text and request are in the event.
CREATE TABLE PolicyVersions (
  Plane STRING(16) NOT NULL,
  Policy STRING(1024) NOT NULL,
  EventTime TIMESTAMP NOT NULL,
  EventId STRING(64) NOT NULL,
  Variant STRING(16) NOT NULL,
  Change STRING(8) NOT NULL,
  ContentDigest STRING(64),
  Actor STRING(1024),
  ActingFor ARRAY<STRING(1024)>,
  Project STRING(128),
  Environment STRING(64),
  Provenance STRING(16) NOT NULL,
  ExpireAt TIMESTAMP NOT NULL,
) PRIMARY KEY (Plane, Policy, EventTime DESC, EventId, Variant),
  ROW DELETION POLICY (OLDER_THAN(ExpireAt, INTERVAL 0 DAY));

-- Kind: fact. What could not become an event: raw text (secrets redacted), reason, what to do. QuarantineId is a digest of
-- the bytes, their ordinal among identical ones and the source that received them.
CREATE TABLE Quarantine (
  QuarantineId STRING(64) NOT NULL,
  Source STRING(32) NOT NULL,
  Reason STRING(64) NOT NULL,
  Message STRING(1024) NOT NULL,
  Hint STRING(1024),
  Raw STRING(MAX) NOT NULL,
  RawEncoding STRING(8) NOT NULL,
  RawBytes INT64 NOT NULL,
  FirstSeen TIMESTAMP NOT NULL,
  ExpireAt TIMESTAMP NOT NULL,
) PRIMARY KEY (QuarantineId),
  ROW DELETION POLICY (OLDER_THAN(ExpireAt, INTERVAL 0 DAY));

-- Kind: fact. Every byte form of an entry of which more than one was met under one event id and variant. Different
-- Canonical under one (EventId, Variant) are different contents.
CREATE TABLE Renditions (
  EventId STRING(64) NOT NULL,
  Variant STRING(16) NOT NULL,
  Digest STRING(64) NOT NULL,
  Canonical STRING(64),
  Basis STRING(16) NOT NULL,
  Raw STRING(MAX),
  ExpireAt TIMESTAMP NOT NULL,
) PRIMARY KEY (EventId, Variant, Digest),
  ROW DELETION POLICY (OLDER_THAN(ExpireAt, INTERVAL 0 DAY));

-- Kind: ledger. One row for each commit: Received = Stored + Duplicate + Filtered + Quarantined, always. RowRoot is the
-- RFC 6962 root over the sorted digests of the RowCount fact rows that the commit inserted. Never expires.
CREATE TABLE Receipts (
  ReceiptId STRING(36) NOT NULL,
  CommitTime TIMESTAMP NOT NULL,
  Source STRING(32) NOT NULL,
  Path STRING(16) NOT NULL,
  Received INT64 NOT NULL,
  Stored INT64 NOT NULL,
  Duplicate INT64 NOT NULL,
  Filtered INT64 NOT NULL,
  Quarantined INT64 NOT NULL,
  Conflicting INT64 NOT NULL,
  FilteredBy STRING(MAX),
  UnknownMethods STRING(MAX),
  NewestReceiveTime TIMESTAMP,
  RowCount INT64 NOT NULL,
  RowRoot STRING(64) NOT NULL,
) PRIMARY KEY (ReceiptId);
