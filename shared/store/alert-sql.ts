/** Parts of SQL that both stores ask in the same words. */
import { SEVERITIES } from '../../schemas/alerting.ts';

/** A column of severities as a number that is higher for the higher. */
export const severityRank = (column: string): string =>
  `CASE ${column} ${SEVERITIES.map((severity, rank) => `WHEN '${severity}' THEN ${rank}`).join(' ')} END`;

/** Findings `f` that no episode has, by its row `e` in EpisodeFindings; or that one has in a lower severity. */
export const UNCLAIMED_WHERE = `f.Verdict = 'violation' AND (e.FindingId IS NULL OR ${severityRank('e.Severity')} < ${severityRank('f.Severity')})`;

/** Ids that begin with some hex digits, as a range: from, and before. */
export const idRange = (prefix: string): readonly [string, string] => [prefix, `${prefix}g`];

/** Of silences `s`, the last row of each that ends after `now`, a parameter. */
export const silentWhere = (now: string): string =>
  `s.UntilTime > ${now} AND NOT EXISTS (
    SELECT 1 FROM Silences AS newer WHERE newer.SilenceId = s.SilenceId AND newer.CreatedAt > s.CreatedAt)`;
