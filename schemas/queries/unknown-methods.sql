-- title: Methods of known services that no table knows: stored without a verb
-- param limit int64 = 100: rows at most
SELECT e.Source, e.Method, COUNT(*) AS Events, MIN(e.EventTime) AS FirstSeen, MAX(e.EventTime) AS LastSeen
FROM Events AS e
WHERE e.Action = 'unclassified'
GROUP BY e.Source, e.Method
ORDER BY Events DESC, e.Source, e.Method
LIMIT @limit
