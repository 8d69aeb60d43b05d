-- Findings and alerts: schemas/spanner/0003_alerts.sql as strict SQLite tables.

-- Kind: fact. What was found in events: rule, key, evidence. FindingId is a digest of rule, version, key and event ids, so the
-- same evidence is one finding. The row is the outbox entry of its alert: the sweep reads FindingsByStoredAt.
CREATE TABLE Findings (
  FindingId TEXT NOT NULL CHECK (length(FindingId) <= 64),
  Variant TEXT NOT NULL CHECK (length(Variant) <= 16),
  Shard INTEGER NOT NULL,
  Rule TEXT NOT NULL CHECK (length(Rule) <= 64),
  RuleVersion INTEGER NOT NULL,
  Severity TEXT NOT NULL CHECK (length(Severity) <= 8),
  Verdict TEXT NOT NULL CHECK (length(Verdict) <= 16),
  FindingKey TEXT NOT NULL CHECK (length(FindingKey) <= 1024),
  Title TEXT NOT NULL CHECK (length(Title) <= 256),
  Summary TEXT NOT NULL CHECK (length(Summary) <= 4096),
  Evidence TEXT NOT NULL CHECK (length(Evidence) <= 2621440),
  EventId TEXT NOT NULL CHECK (length(EventId) <= 64),
  OtherEvents TEXT,
  EventTime TEXT NOT NULL CHECK (length(EventTime) = 30),
  StoredAt TEXT NOT NULL CHECK (length(StoredAt) = 30),
  Actor TEXT CHECK (length(Actor) <= 1024),
  ActingFor TEXT,
  JobId TEXT CHECK (length(JobId) <= 512),
  Environment TEXT CHECK (length(Environment) <= 64),
  PolicyDigest TEXT NOT NULL CHECK (length(PolicyDigest) <= 64),
  ExpireAt TEXT NOT NULL CHECK (length(ExpireAt) = 30),
  PRIMARY KEY (FindingId, Variant)
) STRICT;

CREATE INDEX FindingsByStoredAt ON Findings (Shard, StoredAt);

-- Kind: operational. Alerts: one row for each time around of a rule and key. A cache of EpisodeTransitions and EpisodeFindings;
-- Finding is the finding its messages are about, as JSON.
CREATE TABLE Episodes (
  EpisodeId TEXT NOT NULL CHECK (length(EpisodeId) <= 64),
  Number INTEGER NOT NULL,
  State TEXT NOT NULL CHECK (length(State) <= 16),
  Severity TEXT NOT NULL CHECK (length(Severity) <= 8),
  Occurrences INTEGER NOT NULL,
  FirstSeen TEXT NOT NULL CHECK (length(FirstSeen) = 30),
  LastSeen TEXT NOT NULL CHECK (length(LastSeen) = 30),
  OpenedAt TEXT NOT NULL CHECK (length(OpenedAt) = 30),
  ChangedAt TEXT NOT NULL CHECK (length(ChangedAt) = 30),
  Changes INTEGER NOT NULL,
  AcknowledgedChange INTEGER,
  AcknowledgedBy TEXT CHECK (length(AcknowledgedBy) <= 1024),
  AcknowledgedAt TEXT CHECK (length(AcknowledgedAt) = 30),
  ResolvedChange INTEGER,
  ResolvedBy TEXT CHECK (length(ResolvedBy) <= 1024),
  ResolvedAt TEXT CHECK (length(ResolvedAt) = 30),
  ReopenedChange INTEGER,
  ReopenedBy TEXT CHECK (length(ReopenedBy) <= 1024),
  ReopenedAt TEXT CHECK (length(ReopenedAt) = 30),
  Rule TEXT NOT NULL CHECK (length(Rule) <= 64),
  FindingKey TEXT NOT NULL CHECK (length(FindingKey) <= 1024),
  Finding TEXT NOT NULL CHECK (length(Finding) <= 2621440),
  PRIMARY KEY (EpisodeId, Number)
) STRICT;

CREATE INDEX EpisodesByState ON Episodes (State, OpenedAt DESC);

-- Kind: operational. What happened to an episode and by whom, appended and never changed. Change counts within the episode.
CREATE TABLE EpisodeTransitions (
  EpisodeId TEXT NOT NULL CHECK (length(EpisodeId) <= 64),
  Number INTEGER NOT NULL,
  TransitionId TEXT NOT NULL CHECK (length(TransitionId) <= 64),
  Change INTEGER NOT NULL,
  Kind TEXT NOT NULL CHECK (length(Kind) <= 16),
  ChangedAt TEXT NOT NULL CHECK (length(ChangedAt) = 30),
  ChangedBy TEXT NOT NULL CHECK (length(ChangedBy) <= 1024),
  Because TEXT NOT NULL CHECK (length(Because) <= 1024),
  PRIMARY KEY (EpisodeId, Number, TransitionId)
) STRICT, WITHOUT ROWID;

-- Kind: operational. Which episode a finding is part of: a finding that is here changes nothing when it comes again.
CREATE TABLE EpisodeFindings (
  FindingId TEXT NOT NULL CHECK (length(FindingId) <= 64),
  EpisodeId TEXT NOT NULL CHECK (length(EpisodeId) <= 64),
  Number INTEGER NOT NULL,
  Severity TEXT NOT NULL CHECK (length(Severity) <= 8),
  PRIMARY KEY (FindingId)
) STRICT, WITHOUT ROWID;

CREATE INDEX EpisodeFindingsByEpisode ON EpisodeFindings (EpisodeId, Number);

-- Kind: operational. What each channel was told of an episode last and what it is to be told next. Due rows are those with DueAt
-- in the past; a taken row has its DueAt moved to the end of its lease.
CREATE TABLE Deliveries (
  EpisodeId TEXT NOT NULL CHECK (length(EpisodeId) <= 64),
  Number INTEGER NOT NULL,
  Channel TEXT NOT NULL CHECK (length(Channel) <= 128),
  Confirmed INTEGER NOT NULL,
  Wanted INTEGER NOT NULL,
  Ref TEXT CHECK (length(Ref) <= 1024),
  SendingSince TEXT CHECK (length(SendingSince) = 30),
  Attempts INTEGER NOT NULL,
  TryingSince TEXT CHECK (length(TryingSince) = 30),
  DueAt TEXT CHECK (length(DueAt) = 30),
  Lease TEXT CHECK (length(Lease) <= 64),
  SentAt TEXT CHECK (length(SentAt) = 30),
  HeldBy TEXT CHECK (length(HeldBy) <= 128),
  LastError TEXT CHECK (length(LastError) <= 1024),
  FailedAt TEXT CHECK (length(FailedAt) = 30),
  PRIMARY KEY (EpisodeId, Number, Channel)
) STRICT;

CREATE INDEX DeliveriesDue ON Deliveries (Channel, DueAt) WHERE DueAt IS NOT NULL;
