/** Facts of events held in memory: what the stores answer by key, for cases and properties. */
import type { TrailEvent } from '../../shared/model/trail-event.ts';
import type { FactCache } from '../../shared/corroboration/fact-cache.ts';
import { keyOfQuery } from '../../shared/corroboration/fact-cache.ts';
import type { FactQuery, Sighting, VersionFact } from '../../shared/corroboration/facts.ts';
import type { Beside } from '../../shared/corroboration/traces.ts';
import { tracesOf } from '../../shared/corroboration/traces.ts';
import type { DeclaredFacts } from '../../shared/detections/declared-facts.ts';
import type { Row } from '../../schemas/tables.ts';
import { withEachRegion } from '../../shared/model/job-place.ts';

/** An event with the rows that its entry made. */
export interface Recorded {
  readonly event: TrailEvent;
  readonly beside: Beside;
  readonly rows: readonly { readonly table: string; readonly row: Row }[];
}

const byTime = (a: TrailEvent, b: TrailEvent): number =>
  a.time === b.time ? (a.id < b.id ? -1 : 1) : a.time < b.time ? -1 : 1;

export function memoryFacts(recorded: readonly Recorded[], declaredAt: (time: string) => DeclaredFacts) {
  const traced = recorded.map((one) => ({
    ...one,
    traces: tracesOf(one.event, declaredAt(one.event.time), one.beside),
  }));
  const sightings = new Map<string, Sighting>();
  for (const { event, traces } of traced) {
    for (const seen of traces.sightings) {
      const key = JSON.stringify([seen.family, seen.subject, seen.bucket]);
      if (!sightings.has(key)) sightings.set(key, { ...seen, eventId: event.id });
    }
  }
  const events = recorded.map(({ event }) => event).toSorted(byTime);
  const edges = recorded.flatMap(({ rows }) =>
    rows.filter(({ table }) => table === 'Edges').map(({ row }) => row),
  );
  const versions = recorded.flatMap(({ rows }) =>
    rows.filter(({ table }) => table === 'PolicyVersions').map(({ row }) => row),
  );
  const text = (row: Row, column: string): string => String(row[column] ?? '');

  function answer(query: FactQuery, cache: FactCache): void {
    const key = keyOfQuery(query);
    switch (query.ask) {
      case 'witnesses': {
        const { family, subject, span } = query;
        const found = traced.filter(
          ({ event, traces }) =>
            event.time >= span.from &&
            event.time <= span.until &&
            traces.witnesses.some((one) => one.family === family && one.subject === subject),
        );
        cache.events.set(key, found.map(({ event }) => event).toSorted(byTime));
        return;
      }
      case 'sightings': {
        const { family, subject, from, until } = query;
        const found = [...sightings.values()].filter(
          (one) =>
            one.family === family &&
            one.subject === subject &&
            one.bucket >= from &&
            one.bucket <= `${until}\uffff`,
        );
        cache.sightings.set(
          key,
          found.toSorted((a, b) => (a.bucket < b.bucket ? -1 : 1)),
        );
        return;
      }
      case 'job': {
        const ids = new Set<string>([query.job, ...withEachRegion(query.job)]);
        cache.events.set(
          key,
          events.filter(({ job, action }) => action !== 'api.call' && job !== undefined && ids.has(job)),
        );
        return;
      }
      case 'named':
        cache.events.set(
          key,
          events.filter(({ job, action }) => action !== 'api.call' && job === query.job),
        );
        return;
      case 'edges':
        cache.edges.set(
          key,
          edges
            .filter((row) => row['Node'] === query.node && row['Op'] === query.op)
            .map((row) => ({
              op: query.op,
              job: text(row, 'JobId'),
              eventId: text(row, 'EventId'),
              time: text(row, 'EventTime'),
              actor: typeof row['Actor'] === 'string' ? row['Actor'] : undefined,
              outcome: text(row, 'Outcome'),
            }))
            .toSorted((a, b) =>
              a.time === b.time ? (a.eventId < b.eventId ? -1 : 1) : a.time < b.time ? -1 : 1,
            ),
        );
        return;
      case 'event':
        cache.events.set(
          key,
          events.filter(({ id }) => id === query.id),
        );
        return;
      case 'policy':
        cache.versions.set(
          key,
          versions
            .filter((row) => row['Plane'] === query.plane && row['Policy'] === query.policy)
            .map((row): VersionFact => ({
              eventId: text(row, 'EventId'),
              time: text(row, 'EventTime'),
              change: row['Change'] === 'set' || row['Change'] === 'delete' ? row['Change'] : 'delta',
              digest: typeof row['ContentDigest'] === 'string' ? row['ContentDigest'] : undefined,
              provenance: text(row, 'Provenance'),
            }))
            .toSorted((a, b) => (a.time < b.time ? 1 : -1)),
        );
        return;
      default:
        query satisfies never;
    }
  }

  return {
    /** Records that rules are asked about: every event, and every sighting. */
    events,
    sightings: [...sightings.values()],
    load: async (queries: readonly FactQuery[], cache: FactCache): Promise<void> => {
      for (const query of queries) answer(query, cache);
    },
  };
}
