-- Silences made at the command line; those of the configuration are in its bundle. Written by the command line, read by deliver.

-- Kind: operational. What alerts are held back, by whom, why and until when. Rows are added and never changed: the last of a
-- silence says how it is, and ending one early is one more row. Absent match columns are any.
CREATE TABLE Silences (
  SilenceId STRING(128) NOT NULL,
  CreatedAt TIMESTAMP NOT NULL,
  CreatedBy STRING(1024) NOT NULL,
  Rules ARRAY<STRING(64)>,
  Severities ARRAY<STRING(8)>,
  Environments ARRAY<STRING(64)>,
  Teams ARRAY<STRING(128)>,
  FindingKeys ARRAY<STRING(1024)>,
  Owner STRING(1024) NOT NULL,
  Reason STRING(512) NOT NULL,
  FromTime TIMESTAMP NOT NULL,
  UntilTime TIMESTAMP NOT NULL,
) PRIMARY KEY (SilenceId, CreatedAt);
