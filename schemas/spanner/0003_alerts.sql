-- Findings and alerts. Operational tables are written by deliver, callbacks and the command line only.

-- Kind: fact. What was found in events: rule, key, evidence. FindingId is a digest of rule, version, key and event ids, so the
-- same evidence is one finding. The row is the outbox entry of its alert: the sweep reads FindingsByStoredAt.
CREATE TABLE Findings (
  FindingId STRING(64) NOT NULL,
  Variant STRING(16) NOT NULL,
  Shard INT64 NOT NULL,
  Rule STRING(64) NOT NULL,
  RuleVersion INT64 NOT NULL,
  Severity STRING(8) NOT NULL,
  Verdict STRING(16) NOT NULL,
  FindingKey STRING(1024) NOT NULL,
  Title STRING(256) NOT NULL,
  Summary STRING(4096) NOT NULL,
  Evidence STRING(MAX) NOT NULL,
  EventId STRING(64) NOT NULL,
  OtherEvents ARRAY<STRING(64)>,
  EventTime TIMESTAMP NOT NULL,
  StoredAt TIMESTAMP NOT NULL,
  Actor STRING(1024),
  ActingFor ARRAY<STRING(1024)>,
  JobId STRING(512),
  Environment STRING(64),
  PolicyDigest STRING(64) NOT NULL,
  ExpireAt TIMESTAMP NOT NULL,
) PRIMARY KEY (FindingId, Variant),
  ROW DELETION POLICY (OLDER_THAN(ExpireAt, INTERVAL 0 DAY));

CREATE INDEX FindingsByStoredAt ON Findings (Shard, StoredAt) STORING (Severity, Verdict);

-- Kind: operational. Alerts: one row for each time around of a rule and key. A cache of EpisodeTransitions and EpisodeFindings;
-- Finding is the finding its messages are about, as JSON.
CREATE TABLE Episodes (
  EpisodeId STRING(64) NOT NULL,
  Number INT64 NOT NULL,
  State STRING(16) NOT NULL,
  Severity STRING(8) NOT NULL,
  Occurrences INT64 NOT NULL,
  FirstSeen TIMESTAMP NOT NULL,
  LastSeen TIMESTAMP NOT NULL,
  OpenedAt TIMESTAMP NOT NULL,
  ChangedAt TIMESTAMP NOT NULL,
  Changes INT64 NOT NULL,
  AcknowledgedChange INT64,
  AcknowledgedBy STRING(1024),
  AcknowledgedAt TIMESTAMP,
  ResolvedChange INT64,
  ResolvedBy STRING(1024),
  ResolvedAt TIMESTAMP,
  ReopenedChange INT64,
  ReopenedBy STRING(1024),
  ReopenedAt TIMESTAMP,
  Rule STRING(64) NOT NULL,
  FindingKey STRING(1024) NOT NULL,
  Finding STRING(MAX) NOT NULL,
) PRIMARY KEY (EpisodeId, Number);

CREATE INDEX EpisodesByState ON Episodes (State, OpenedAt DESC) STORING (Rule);

-- Kind: operational. What happened to an episode and by whom, appended and never changed. Change counts within the episode.
CREATE TABLE EpisodeTransitions (
  EpisodeId STRING(64) NOT NULL,
  Number INT64 NOT NULL,
  TransitionId STRING(64) NOT NULL,
  Change INT64 NOT NULL,
  Kind STRING(16) NOT NULL,
  ChangedAt TIMESTAMP NOT NULL,
  ChangedBy STRING(1024) NOT NULL,
  Because STRING(1024) NOT NULL,
) PRIMARY KEY (EpisodeId, Number, TransitionId);

-- Kind: operational. Which episode a finding is part of: a finding that is here changes nothing when it comes again.
CREATE TABLE EpisodeFindings (
  FindingId STRING(64) NOT NULL,
  EpisodeId STRING(64) NOT NULL,
  Number INT64 NOT NULL,
  Severity STRING(8) NOT NULL,
) PRIMARY KEY (FindingId);

CREATE INDEX EpisodeFindingsByEpisode ON EpisodeFindings (EpisodeId, Number) STORING (Severity);

-- Kind: operational. What each channel was told of an episode last and what it is to be told next. Due rows are those with DueAt
-- in the past; a taken row has its DueAt moved to the end of its lease.
CREATE TABLE Deliveries (
  EpisodeId STRING(64) NOT NULL,
  Number INT64 NOT NULL,
  Channel STRING(128) NOT NULL,
  Confirmed INT64 NOT NULL,
  Wanted INT64 NOT NULL,
  Ref STRING(1024),
  SendingSince TIMESTAMP,
  Attempts INT64 NOT NULL,
  TryingSince TIMESTAMP,
  DueAt TIMESTAMP,
  Lease STRING(64),
  SentAt TIMESTAMP,
  HeldBy STRING(128),
  LastError STRING(1024),
  FailedAt TIMESTAMP,
) PRIMARY KEY (EpisodeId, Number, Channel);

CREATE NULL_FILTERED INDEX DeliveriesDue ON Deliveries (Channel, DueAt) STORING (Lease);
