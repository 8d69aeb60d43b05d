-- What became of quarantined entries: schemas/spanner/0007_redriven.sql as strict SQLite tables.

-- Kind: operational. A quarantined entry that was read again with success: since when, and what it is now (stored, duplicate, filtered).
CREATE TABLE Redriven (
  QuarantineId TEXT NOT NULL CHECK (length(QuarantineId) <= 64),
  RedrivenAt TEXT NOT NULL CHECK (length(RedrivenAt) = 30),
  Outcome TEXT NOT NULL CHECK (length(Outcome) <= 16),
  EventIds TEXT,
  Rule TEXT CHECK (length(Rule) <= 128),
  ExpireAt TEXT NOT NULL CHECK (length(ExpireAt) = 30),
  PRIMARY KEY (QuarantineId)
) STRICT, WITHOUT ROWID;
