/**
 * What a backfilled entry brings beside its facts, so that nobody is paged for it. Its violations are put under the digest of the
 * run in the very transaction that stores them: no sweep ever sees one without an alert. Its open work goes on a queue of its own,
 * which the backfill judges itself. Pure.
 */
import { Severity } from '../../schemas/alerting.ts';
import { membershipRow } from '../alerts/rows.ts';
import type { EpisodeRef } from '../alerts/notice.ts';
import type { PreparedRows } from '../pipeline/prepare.ts';
import type { TableRow } from '../store/store.ts';

/** Open work of backfilled entries. No path has this name, so that reconcile leaves it alone. */
export const BACKFILL_QUEUE = 'backfill';

/** The digest that findings of an environment go into. */
export type DigestOf = (environment: string | undefined) => EpisodeRef;

export interface Violation {
  readonly id: string;
  readonly severity: Severity;
  readonly environment: string | undefined;
}

/** Findings among rows that an alert would be made of. */
export function violationsAmong(rows: readonly TableRow[]): readonly Violation[] {
  return rows.flatMap(({ table, row }) =>
    table !== 'Findings' || row['Verdict'] !== 'violation'
      ? []
      : [
          {
            id: String(row['FindingId']),
            severity: Severity.parse(row['Severity']),
            environment: typeof row['Environment'] === 'string' ? row['Environment'] : undefined,
          },
        ],
  );
}

/** @param known findings that an alert holds already: they stay where they are */
export function quietly(item: PreparedRows, known: ReadonlySet<string>, digestOf: DigestOf): PreparedRows {
  const { entry } = item;
  const held = violationsAmong(entry.rows)
    .filter(({ id }) => !known.has(id))
    .map(({ id, severity, environment }): TableRow => ({
      table: 'EpisodeFindings',
      row: membershipRow({ id, severity, episode: digestOf(environment) }),
    }));
  const { work = [], sightings = [] } = entry;
  if (held.length + work.length + sightings.length === 0) return item;
  return {
    ...item,
    entry: { ...entry, work: [...work.map(queued), ...held], sightings: sightings.map(queued) },
  };
}

const queued = <T extends TableRow>(one: T): T =>
  one.table === 'OpenWork' ? { ...one, row: { ...one.row, Queue: BACKFILL_QUEUE } } : one;
