-- What became of quarantined entries after a fix. Written by `jobtrail redrive`; the row in Quarantine stays as it is.

-- Kind: operational. A quarantined entry that was read again with success: since when, and what it is now (stored, duplicate, filtered).
CREATE TABLE Redriven (
  QuarantineId STRING(64) NOT NULL,
  RedrivenAt TIMESTAMP NOT NULL,
  Outcome STRING(16) NOT NULL,
  EventIds ARRAY<STRING(64)>,
  Rule STRING(128),
  ExpireAt TIMESTAMP NOT NULL,
) PRIMARY KEY (QuarantineId),
  ROW DELETION POLICY (OLDER_THAN(ExpireAt, INTERVAL 0 DAY));
