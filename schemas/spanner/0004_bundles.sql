-- Declared policy and configuration. Written by `jobtrail policy push`; functions keep the texts they start with.

-- Kind: fact. Policies, configuration and rules as they were reviewed, by the digest that decided events cite. Kept without
-- expiry, so that each decision can be taken again.
CREATE TABLE Bundles (
  Digest STRING(64) NOT NULL,
  Texts STRING(MAX) NOT NULL,
  StoredAt TIMESTAMP NOT NULL,
) PRIMARY KEY (Digest);

-- Kind: fact. From when on a bundle decides events, by their event time, until the next one does.
CREATE TABLE BundlesInForce (
  FromTime TIMESTAMP NOT NULL,
  Digest STRING(64) NOT NULL,
  CommitId STRING(128) NOT NULL,
  Reviewer STRING(1024) NOT NULL,
  PushedBy STRING(1024) NOT NULL,
  PushedAt TIMESTAMP NOT NULL,
) PRIMARY KEY (FromTime);
