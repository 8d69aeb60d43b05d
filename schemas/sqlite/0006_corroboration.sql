-- Rules over several records: schemas/spanner/0006_corroboration.sql as strict SQLite tables.

-- Kind: fact. Which groups an event belongs to that rules over several records look at: a group over a span of time is one key range.
CREATE TABLE Witnesses (
  Family TEXT NOT NULL CHECK (length(Family) <= 16),
  Subject TEXT NOT NULL CHECK (length(Subject) <= 1024),
  EventTime TEXT NOT NULL CHECK (length(EventTime) = 30),
  EventId TEXT NOT NULL CHECK (length(EventId) <= 64),
  Variant TEXT NOT NULL CHECK (length(Variant) <= 16),
  ExpireAt TEXT NOT NULL CHECK (length(ExpireAt) = 30),
  PRIMARY KEY (Family, Subject, EventTime, EventId, Variant)
) STRICT, WITHOUT ROWID;

-- Kind: fact. What a rule said of an anchor, with the evidence that is there. VerdictId is a digest of it; Facts and DecidedAt tell which
-- of several is the last.
CREATE TABLE Verdicts (
  AnchorId TEXT NOT NULL CHECK (length(AnchorId) <= 64),
  Rule TEXT NOT NULL CHECK (length(Rule) <= 64),
  About TEXT NOT NULL CHECK (length(About) <= 1024),
  VerdictId TEXT NOT NULL CHECK (length(VerdictId) <= 32),
  RuleVersion INTEGER NOT NULL,
  Verdict TEXT NOT NULL CHECK (length(Verdict) <= 16),
  JoinedBy TEXT CHECK (length(JoinedBy) <= 32),
  Reason TEXT CHECK (length(Reason) <= 4096),
  Cited TEXT NOT NULL CHECK (length(Cited) <= 2621440),
  LateMs INTEGER,
  FindingId TEXT CHECK (length(FindingId) <= 64),
  EventTime TEXT NOT NULL CHECK (length(EventTime) = 30),
  JobId TEXT CHECK (length(JobId) <= 512),
  Environment TEXT CHECK (length(Environment) <= 64),
  PolicyDigest TEXT NOT NULL CHECK (length(PolicyDigest) <= 64),
  Facts INTEGER NOT NULL,
  DecidedAt TEXT NOT NULL CHECK (length(DecidedAt) = 30),
  ExpireAt TEXT NOT NULL CHECK (length(ExpireAt) = 30),
  PRIMARY KEY (AnchorId, Rule, About, VerdictId)
) STRICT, WITHOUT ROWID;

CREATE INDEX VerdictsByFinding ON Verdicts (FindingId) WHERE FindingId IS NOT NULL;

CREATE INDEX VerdictsByJob ON Verdicts (JobId, EventTime) WHERE JobId IS NOT NULL;

-- Kind: operational. The queue of reconcile: what is to be judged, when; or which path it waits for. Inserted with the rows of an
-- event, taken away when it is decided.
CREATE TABLE OpenWork (
  Queue TEXT NOT NULL CHECK (length(Queue) <= 256),
  Shard INTEGER NOT NULL,
  DueAt TEXT NOT NULL CHECK (length(DueAt) = 30),
  WorkId TEXT NOT NULL CHECK (length(WorkId) <= 64),
  EventTime TEXT NOT NULL CHECK (length(EventTime) = 30),
  Family TEXT CHECK (length(Family) <= 16),
  Subject TEXT CHECK (length(Subject) <= 1024),
  Bucket TEXT CHECK (length(Bucket) <= 1100),
  PRIMARY KEY (Queue, Shard, DueAt, WorkId)
) STRICT, WITHOUT ROWID;

-- Kind: operational. What is remembered once for each bucket of time: whose calls come through which hop, which account touched
-- which data.
CREATE TABLE Sightings (
  Family TEXT NOT NULL CHECK (length(Family) <= 16),
  Subject TEXT NOT NULL CHECK (length(Subject) <= 768),
  Bucket TEXT NOT NULL CHECK (length(Bucket) <= 1100),
  EventId TEXT NOT NULL CHECK (length(EventId) <= 64),
  ExpireAt TEXT NOT NULL CHECK (length(ExpireAt) = 30),
  PRIMARY KEY (Family, Subject, Bucket)
) STRICT, WITHOUT ROWID;

-- Kind: operational. Health of each way that records come, as reconcile saw it last.
CREATE TABLE Paths (
  Path TEXT NOT NULL CHECK (length(Path) <= 256),
  Status TEXT NOT NULL CHECK (length(Status) <= 16),
  Watermark TEXT CHECK (length(Watermark) = 30),
  State TEXT NOT NULL CHECK (length(State) <= 2621440),
  UpdatedAt TEXT NOT NULL CHECK (length(UpdatedAt) = 30),
  PRIMARY KEY (Path)
) STRICT, WITHOUT ROWID;

-- Kind: ledger. What each commit brought of each path: counts, newest times, delays.
CREATE TABLE Arrivals (
  Shard INTEGER NOT NULL,
  CommitTime TEXT NOT NULL CHECK (length(CommitTime) = 30),
  ReceiptId TEXT NOT NULL CHECK (length(ReceiptId) <= 36),
  Paths TEXT NOT NULL CHECK (length(Paths) <= 2621440),
  ExpireAt TEXT NOT NULL CHECK (length(ExpireAt) = 30),
  PRIMARY KEY (Shard, CommitTime, ReceiptId)
) STRICT, WITHOUT ROWID;

-- The last word of each rule on each anchor.
CREATE VIEW LatestVerdicts AS
SELECT
  v.AnchorId AS AnchorId,
  v.Rule AS Rule,
  v.About AS About,
  v.VerdictId AS VerdictId,
  v.Verdict AS Verdict,
  v.JoinedBy AS JoinedBy,
  v.Reason AS Reason,
  v.Cited AS Cited,
  v.LateMs AS LateMs,
  v.FindingId AS FindingId,
  v.EventTime AS EventTime,
  v.JobId AS JobId,
  v.Environment AS Environment,
  v.DecidedAt AS DecidedAt
FROM Verdicts AS v
WHERE NOT EXISTS (
  SELECT 1 FROM Verdicts AS later
  WHERE later.AnchorId = v.AnchorId AND later.Rule = v.Rule AND later.About = v.About
    AND (later.DecidedAt > v.DecidedAt OR (later.DecidedAt = v.DecidedAt AND later.VerdictId > v.VerdictId))
);
