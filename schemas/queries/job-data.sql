-- title: What a job touched, how that is known and how sure it is: by name, by label, by path, through jobs it started, by identity
-- param job string: job id, such as dataproc:project/region/job/id
-- param limit int64 = 500: rows at most
-- Strength identity and identity-ambiguous are guesses: the job ran under the identity that made the access, at the time.
SELECT a.EventTime, a.Op, a.Dataset, a.Strength, a.Reason, a.AccessJob, a.Actor, a.Outcome, a.EventId
FROM JobAccess AS a
WHERE a.JobId = @job
ORDER BY a.EventTime, a.Op, a.Dataset, a.AccessJob, a.Reason, a.EventId, a.Variant
LIMIT @limit
