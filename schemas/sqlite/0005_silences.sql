-- Silences: schemas/spanner/0005_silences.sql as strict SQLite tables.

-- Kind: operational. What alerts are held back, by whom, why and until when. Rows are added and never changed: the last of a
-- silence says how it is, and ending one early is one more row. Absent match columns are any.
CREATE TABLE Silences (
  SilenceId TEXT NOT NULL CHECK (length(SilenceId) <= 128),
  CreatedAt TEXT NOT NULL CHECK (length(CreatedAt) = 30),
  CreatedBy TEXT NOT NULL CHECK (length(CreatedBy) <= 1024),
  Rules TEXT,
  Severities TEXT,
  Environments TEXT,
  Teams TEXT,
  FindingKeys TEXT,
  Owner TEXT NOT NULL CHECK (length(Owner) <= 1024),
  Reason TEXT NOT NULL CHECK (length(Reason) <= 512),
  FromTime TEXT NOT NULL CHECK (length(FromTime) = 30),
  UntilTime TEXT NOT NULL CHECK (length(UntilTime) = 30),
  PRIMARY KEY (SilenceId, CreatedAt)
) STRICT, WITHOUT ROWID;
