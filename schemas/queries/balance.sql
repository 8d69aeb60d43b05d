-- title: The balance of counts: received = stored + duplicate + filtered + quarantined, by source and way in
-- param from timestamp = null: commits at or after
-- param until timestamp = null: commits before
SELECT r.Source, r.Path, SUM(r.Received) AS Received, SUM(r.Stored) AS Stored, SUM(r.Duplicate) AS Duplicate,
  SUM(r.Filtered) AS Filtered, SUM(r.Quarantined) AS Quarantined, SUM(r.Conflicting) AS Conflicting,
  CASE WHEN SUM(r.Received) = SUM(r.Stored) + SUM(r.Duplicate) + SUM(r.Filtered) + SUM(r.Quarantined)
    THEN 'yes' ELSE 'NO' END AS Balances,
  COUNT(*) AS Commits, SUM(r.RowCount) AS FactRows, MAX(r.NewestReceiveTime) AS NewestReceiveTime
FROM Receipts AS r
WHERE (@from IS NULL OR r.CommitTime >= @from)
  AND (@until IS NULL OR r.CommitTime < @until)
GROUP BY r.Source, r.Path
ORDER BY r.Source, r.Path
