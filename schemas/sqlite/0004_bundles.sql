-- Declared policy and configuration: schemas/spanner/0004_bundles.sql as strict SQLite tables.

-- Kind: fact. Policies, configuration and rules as they were reviewed, by the digest that decided events cite.
CREATE TABLE Bundles (
  Digest TEXT NOT NULL CHECK (length(Digest) <= 64),
  Texts TEXT NOT NULL CHECK (length(Texts) <= 2621440),
  StoredAt TEXT NOT NULL CHECK (length(StoredAt) = 30),
  PRIMARY KEY (Digest)
) STRICT;

-- Kind: fact. From when on a bundle decides events, by their event time, until the next one does.
CREATE TABLE BundlesInForce (
  FromTime TEXT NOT NULL CHECK (length(FromTime) = 30),
  Digest TEXT NOT NULL CHECK (length(Digest) <= 64),
  CommitId TEXT NOT NULL CHECK (length(CommitId) <= 128),
  Reviewer TEXT NOT NULL CHECK (length(Reviewer) <= 1024),
  PushedBy TEXT NOT NULL CHECK (length(PushedBy) <= 1024),
  PushedAt TEXT NOT NULL CHECK (length(PushedAt) = 30),
  PRIMARY KEY (FromTime)
) STRICT;
