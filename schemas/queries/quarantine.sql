-- title: Entries in quarantine: why, and what to do
-- param reason string = null: only this reason
-- param limit int64 = 100: rows at most
SELECT q.FirstSeen, q.Source, q.Reason, q.Message, q.Hint, q.RawBytes, q.QuarantineId
FROM Quarantine AS q
WHERE (@reason IS NULL OR q.Reason = @reason)
ORDER BY q.FirstSeen DESC, q.QuarantineId
LIMIT @limit
