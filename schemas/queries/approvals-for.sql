-- title: Approvals and access grants made for a principal in a time, and what they are limited to
-- param principal string: principal id as query jobs prints it, such as user:google:ana@example.com
-- param from timestamp: made at or after
-- param until timestamp: made at or before
-- param limit int64 = 200: rows at most
-- Provenance says what they are worth: signed and provider are proven, tenant is claimed. What an approval is limited to, and
-- until when it holds, is in the columns after it; null where it is not limited so.
SELECT e.EventTime, e.Action, e.Actor, e.Provenance, e.Source, e.JobId,
  COALESCE(JSON_VALUE(e.Claims, '$.approvalId'), JSON_VALUE(e.Claims, '$.grant')) AS ApprovalId,
  JSON_VALUE(e.Claims, '$.job') AS Job, JSON_VALUE(e.Claims, '$.specDigest') AS SpecDigest,
  JSON_VALUE(e.Claims, '$.datasets') AS Datasets, JSON_VALUE(e.Claims, '$.grantedRoles') AS GrantedRoles,
  JSON_VALUE(e.Claims, '$.notBefore') AS NotBefore, JSON_VALUE(e.Claims, '$.until') AS HoldsUntil,
  JSON_VALUE(e.Claims, '$.uses') AS Uses, JSON_VALUE(e.Claims, '$.unverified') AS Unverified, e.EventId
FROM Events AS e
WHERE e.Shard IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  AND e.EventTime >= @from
  AND e.EventTime <= @until
  AND e.Action IN ('grant.approve', 'grant.activate', 'grant.deny', 'grant.revoke')
  AND (JSON_VALUE(e.Claims, '$.beneficiary') = @principal
    OR ENDS_WITH(@principal, ':' || JSON_VALUE(e.Claims, '$.requester')))
ORDER BY e.EventTime, e.EventId, e.Variant
LIMIT @limit
