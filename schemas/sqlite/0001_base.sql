-- The embedded store's tables: those of schemas/spanner, as strict SQLite tables. Timestamps are text of 30 characters
-- (YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ, which sorts as time), string arrays are JSON text. Facts and the ledger are inserted
-- and never changed; nothing expires by itself here. The columns are held against schemas/tables.ts by a test.

-- Kind: fact. One row for each thing a log entry tells. Variant tells two contents under one id apart: the first 16
-- hex digits of a digest of what the entry says (shared/pipeline/variant.ts). Shard is the first hex digit of EventId.
-- Digest, Raw and ExpireAt are outside the row's digest: they depend on the rendition that came first or on retention.
CREATE TABLE Events (
  EventId TEXT NOT NULL CHECK (length(EventId) <= 64),
  Variant TEXT NOT NULL CHECK (length(Variant) <= 16),
  Shard INTEGER NOT NULL,
  EventTime TEXT NOT NULL CHECK (length(EventTime) = 30),
  ReceiveTime TEXT CHECK (length(ReceiveTime) = 30),
  Source TEXT NOT NULL CHECK (length(Source) <= 32),
  Action TEXT NOT NULL CHECK (length(Action) <= 32),
  Outcome TEXT NOT NULL CHECK (length(Outcome) <= 8),
  Method TEXT NOT NULL CHECK (length(Method) <= 256),
  Status INTEGER,
  Actor TEXT CHECK (length(Actor) <= 1024),
  ActorKind TEXT CHECK (length(ActorKind) <= 16),
  ActorProof TEXT CHECK (length(ActorProof) <= 16),
  ActorAs TEXT CHECK (length(ActorAs) <= 1024),
  ActorOwner TEXT CHECK (length(ActorOwner) <= 1024),
  ActorLane TEXT CHECK (length(ActorLane) <= 64),
  ActorAbsent TEXT CHECK (length(ActorAbsent) <= 32),
  ActingFor TEXT,
  ActingForBy TEXT,
  Bindings TEXT,
  KeyName TEXT CHECK (length(KeyName) <= 512),
  RunAs TEXT CHECK (length(RunAs) <= 1024),
  Peer TEXT CHECK (length(Peer) <= 1024),
  JobId TEXT CHECK (length(JobId) <= 512),
  JobName TEXT CHECK (length(JobName) <= 1024),
  ParentJob TEXT CHECK (length(ParentJob) <= 512),
  OperationId TEXT CHECK (length(OperationId) <= 256),
  Phase TEXT CHECK (length(Phase) <= 8),
  Resource TEXT CHECK (length(Resource) <= 2048),
  Project TEXT CHECK (length(Project) <= 128),
  Location TEXT CHECK (length(Location) <= 128),
  Environment TEXT CHECK (length(Environment) <= 64),
  Via TEXT NOT NULL CHECK (length(Via) <= 8),
  Provenance TEXT NOT NULL CHECK (length(Provenance) <= 16),
  CallKey TEXT CHECK (length(CallKey) <= 512),
  RequestId TEXT CHECK (length(RequestId) <= 128),
  Trace TEXT CHECK (length(Trace) <= 256),
  Reads TEXT,
  Writes TEXT,
  Uses TEXT,
  Claims TEXT CHECK (length(Claims) <= 2621440),
  SplitUid TEXT CHECK (length(SplitUid) <= 128),
  SplitIndex INTEGER,
  SplitTotal INTEGER,
  LogName TEXT CHECK (length(LogName) <= 1024),
  InsertId TEXT CHECK (length(InsertId) <= 512),
  Normaliser INTEGER NOT NULL,
  Decision TEXT CHECK (length(Decision) <= 16),
  DecidedBy TEXT,
  WaitsFor TEXT,
  PolicyDigest TEXT CHECK (length(PolicyDigest) <= 64),
  Digest TEXT NOT NULL CHECK (length(Digest) <= 64),
  Raw TEXT CHECK (length(Raw) <= 2621440),
  ExpireAt TEXT NOT NULL CHECK (length(ExpireAt) = 30),
  PRIMARY KEY (EventId, Variant)
) STRICT;

CREATE INDEX EventsByTime ON Events (Shard, EventTime DESC);

CREATE INDEX EventsByJob ON Events (JobId, EventTime) WHERE JobId IS NOT NULL;

-- Kind: fact. Lineage: one row for each end that is not the job (principal, dataset, parent job). The job's own end is
-- found through EventsByJob and the views, so no secondary index is paid for.
CREATE TABLE Edges (
  Node TEXT NOT NULL CHECK (length(Node) <= 1024),
  Op TEXT NOT NULL CHECK (length(Op) <= 16),
  JobId TEXT NOT NULL CHECK (length(JobId) <= 512),
  EventId TEXT NOT NULL CHECK (length(EventId) <= 64),
  Variant TEXT NOT NULL CHECK (length(Variant) <= 16),
  EventTime TEXT NOT NULL CHECK (length(EventTime) = 30),
  Actor TEXT CHECK (length(Actor) <= 1024),
  ActingFor TEXT,
  Environment TEXT CHECK (length(Environment) <= 64),
  Outcome TEXT NOT NULL CHECK (length(Outcome) <= 8),
  Strength TEXT NOT NULL CHECK (length(Strength) <= 16),
  PolicyDigest TEXT NOT NULL CHECK (length(PolicyDigest) <= 64),
  ExpireAt TEXT NOT NULL CHECK (length(ExpireAt) = 30),
  PRIMARY KEY (Node, Op, JobId, EventId, Variant)
) STRICT, WITHOUT ROWID;

-- Kind: fact. One row for each allowed change of a policy of mesh, gateway, IAM or organisation. The version that held at
-- an instant is the first row of its policy at or before it. ContentDigest is equal for equal contents, so a change that
-- was taken back shows the digest of before. Text and request are in the event.
CREATE TABLE PolicyVersions (
  Plane TEXT NOT NULL CHECK (length(Plane) <= 16),
  Policy TEXT NOT NULL CHECK (length(Policy) <= 1024),
  EventTime TEXT NOT NULL CHECK (length(EventTime) = 30),
  EventId TEXT NOT NULL CHECK (length(EventId) <= 64),
  Variant TEXT NOT NULL CHECK (length(Variant) <= 16),
  Change TEXT NOT NULL CHECK (length(Change) <= 8),
  ContentDigest TEXT CHECK (length(ContentDigest) <= 64),
  Actor TEXT CHECK (length(Actor) <= 1024),
  ActingFor TEXT,
  Project TEXT CHECK (length(Project) <= 128),
  Environment TEXT CHECK (length(Environment) <= 64),
  Provenance TEXT NOT NULL CHECK (length(Provenance) <= 16),
  ExpireAt TEXT NOT NULL CHECK (length(ExpireAt) = 30),
  PRIMARY KEY (Plane, Policy, EventTime DESC, EventId, Variant)
) STRICT, WITHOUT ROWID;

-- Kind: fact. What could not become an event: raw text (secrets redacted), reason, what to do. QuarantineId is a digest of
-- the bytes, their ordinal among identical ones and the source that received them.
CREATE TABLE Quarantine (
  QuarantineId TEXT NOT NULL CHECK (length(QuarantineId) <= 64),
  Source TEXT NOT NULL CHECK (length(Source) <= 32),
  Reason TEXT NOT NULL CHECK (length(Reason) <= 64),
  Message TEXT NOT NULL CHECK (length(Message) <= 1024),
  Hint TEXT CHECK (length(Hint) <= 1024),
  Raw TEXT NOT NULL CHECK (length(Raw) <= 2621440),
  RawEncoding TEXT NOT NULL CHECK (length(RawEncoding) <= 8),
  RawBytes INTEGER NOT NULL,
  FirstSeen TEXT NOT NULL CHECK (length(FirstSeen) = 30),
  ExpireAt TEXT NOT NULL CHECK (length(ExpireAt) = 30),
  PRIMARY KEY (QuarantineId)
) STRICT;

-- Kind: fact. Every byte form of an entry of which more than one was met under one event id and variant. Different
-- Canonical under one (EventId, Variant) are different contents.
CREATE TABLE Renditions (
  EventId TEXT NOT NULL CHECK (length(EventId) <= 64),
  Variant TEXT NOT NULL CHECK (length(Variant) <= 16),
  Digest TEXT NOT NULL CHECK (length(Digest) <= 64),
  Canonical TEXT CHECK (length(Canonical) <= 64),
  Basis TEXT NOT NULL CHECK (length(Basis) <= 16),
  Raw TEXT CHECK (length(Raw) <= 2621440),
  ExpireAt TEXT NOT NULL CHECK (length(ExpireAt) = 30),
  PRIMARY KEY (EventId, Variant, Digest)
) STRICT;

-- Kind: ledger. One row for each commit: Received = Stored + Duplicate + Filtered + Quarantined, always. RowRoot is the
-- RFC 6962 root over the sorted digests of the RowCount fact rows that the commit inserted. Never expires.
CREATE TABLE Receipts (
  ReceiptId TEXT NOT NULL CHECK (length(ReceiptId) <= 36),
  CommitTime TEXT NOT NULL CHECK (length(CommitTime) = 30),
  Source TEXT NOT NULL CHECK (length(Source) <= 32),
  Path TEXT NOT NULL CHECK (length(Path) <= 16),
  Received INTEGER NOT NULL,
  Stored INTEGER NOT NULL,
  Duplicate INTEGER NOT NULL,
  Filtered INTEGER NOT NULL,
  Quarantined INTEGER NOT NULL,
  Conflicting INTEGER NOT NULL,
  FilteredBy TEXT CHECK (length(FilteredBy) <= 2621440),
  UnknownMethods TEXT CHECK (length(UnknownMethods) <= 2621440),
  NewestReceiveTime TEXT CHECK (length(NewestReceiveTime) = 30),
  RowCount INTEGER NOT NULL,
  RowRoot TEXT NOT NULL CHECK (length(RowRoot) <= 64),
  PRIMARY KEY (ReceiptId)
) STRICT, WITHOUT ROWID;
