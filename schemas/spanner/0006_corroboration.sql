-- Rules over several records. OpenWork, Sightings and Paths are written by the source functions and by reconcile.

-- Kind: fact. Which groups an event belongs to that rules over several records look at: a group over a span of time is one key range.
CREATE TABLE Witnesses (
  Family STRING(16) NOT NULL,
  Subject STRING(1024) NOT NULL,
  EventTime TIMESTAMP NOT NULL,
  EventId STRING(64) NOT NULL,
  Variant STRING(16) NOT NULL,
  ExpireAt TIMESTAMP NOT NULL,
) PRIMARY KEY (Family, Subject, EventTime, EventId, Variant),
  ROW DELETION POLICY (OLDER_THAN(ExpireAt, INTERVAL 0 DAY));

-- Kind: fact. What a rule said of an anchor, with the evidence that is there. VerdictId is a digest of it; Facts and DecidedAt tell which
-- of several is the last.
CREATE TABLE Verdicts (
  AnchorId STRING(64) NOT NULL,
  Rule STRING(64) NOT NULL,
  About STRING(1024) NOT NULL,
  VerdictId STRING(32) NOT NULL,
  RuleVersion INT64 NOT NULL,
  Verdict STRING(16) NOT NULL,
  JoinedBy STRING(32),
  Reason STRING(4096),
  Cited STRING(MAX) NOT NULL,
  LateMs INT64,
  FindingId STRING(64),
  EventTime TIMESTAMP NOT NULL,
  JobId STRING(512),
  Environment STRING(64),
  PolicyDigest STRING(64) NOT NULL,
  Facts INT64 NOT NULL,
  DecidedAt TIMESTAMP NOT NULL,
  ExpireAt TIMESTAMP NOT NULL,
) PRIMARY KEY (AnchorId, Rule, About, VerdictId),
  ROW DELETION POLICY (OLDER_THAN(ExpireAt, INTERVAL 0 DAY));

CREATE NULL_FILTERED INDEX VerdictsByFinding ON Verdicts (FindingId) STORING (Verdict);

CREATE NULL_FILTERED INDEX VerdictsByJob ON Verdicts (JobId, EventTime) STORING (Verdict);

-- Kind: operational. The queue of reconcile: what is to be judged, when; or which path it waits for. Inserted with the rows of an
-- event, taken away when it is decided.
CREATE TABLE OpenWork (
  Queue STRING(256) NOT NULL,
  Shard INT64 NOT NULL,
  DueAt TIMESTAMP NOT NULL,
  WorkId STRING(64) NOT NULL,
  EventTime TIMESTAMP NOT NULL,
  Family STRING(16),
  Subject STRING(1024),
  Bucket STRING(1100),
) PRIMARY KEY (Queue, Shard, DueAt, WorkId);

-- Kind: operational. What is remembered once for each bucket of time: whose calls come through which hop, which account touched
-- which data.
CREATE TABLE Sightings (
  Family STRING(16) NOT NULL,
  Subject STRING(768) NOT NULL,
  Bucket STRING(1100) NOT NULL,
  EventId STRING(64) NOT NULL,
  ExpireAt TIMESTAMP NOT NULL,
) PRIMARY KEY (Family, Subject, Bucket),
  ROW DELETION POLICY (OLDER_THAN(ExpireAt, INTERVAL 0 DAY));

-- Kind: operational. Health of each way that records come, as reconcile saw it last.
CREATE TABLE Paths (
  Path STRING(256) NOT NULL,
  Status STRING(16) NOT NULL,
  Watermark TIMESTAMP,
  State STRING(MAX) NOT NULL,
  UpdatedAt TIMESTAMP NOT NULL,
) PRIMARY KEY (Path);

-- Kind: ledger. What each commit brought of each path: counts, newest times, delays.
CREATE TABLE Arrivals (
  Shard INT64 NOT NULL,
  CommitTime TIMESTAMP NOT NULL,
  ReceiptId STRING(36) NOT NULL,
  Paths STRING(MAX) NOT NULL,
  ExpireAt TIMESTAMP NOT NULL,
) PRIMARY KEY (Shard, CommitTime, ReceiptId),
  ROW DELETION POLICY (OLDER_THAN(ExpireAt, INTERVAL 0 DAY));

-- The last word of each rule on each anchor.
CREATE VIEW LatestVerdicts SQL SECURITY INVOKER AS
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
