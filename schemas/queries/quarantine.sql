-- title: Entries in quarantine: why, what to do, and what a redrive made of them
-- param reason string = null: only this reason
-- param source string = null: only what this source had received
-- param redriven string = null: `no` for those that are still to be done; or stored, duplicate, filtered
-- param limit int64 = 100: rows at most
SELECT q.FirstSeen, q.Source, q.Reason, COALESCE(r.Outcome, 'no') AS Redriven, r.RedrivenAt, q.Message, q.Hint, q.RawBytes,
  q.QuarantineId
FROM Quarantine AS q
LEFT JOIN Redriven AS r ON r.QuarantineId = q.QuarantineId
WHERE (@reason IS NULL OR q.Reason = @reason)
  AND (@source IS NULL OR q.Source = @source)
  AND (@redriven IS NULL OR COALESCE(r.Outcome, 'no') = @redriven)
ORDER BY q.FirstSeen DESC, q.QuarantineId
LIMIT @limit
