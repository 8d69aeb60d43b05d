/** What rules ask, read from the store by key, all questions of a round together. */
import type { Row } from '../../schemas/tables.ts';
import { keyOfQuery, type FactCache } from '../corroboration/fact-cache.ts';
import {
  SIGHTING_FAMILIES,
  type EdgeFact,
  type FactQuery,
  type Sighting,
  type SightingFamily,
  type VersionFact,
} from '../corroboration/facts.ts';
import { withEachRegion } from '../model/job-place.ts';
import { trailEventOfRow } from '../model/trail-event-of-row.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import type { EdgeKeyRange, Store } from '../store/store.ts';
import type { WorkItem } from '../store/work.ts';
import { mergedBuckets, mergedTimes } from './ranges.ts';

type Of<K extends FactQuery['ask']> = Extract<FactQuery, { ask: K }>;

/** Events by the row they were read from, which never changes. */
export type ReadEvents = Map<string, TrailEvent>;
/** Kept from one round to the next. */
const MOST_READ = 20_000;

/**
 * Reads of one instance of reconcile; what was found is kept for these reads alone, since many questions have the same answer.
 * @param read what earlier rounds made of rows; forgotten, all of it, when it is too much
 */
export function createFactLoader(store: Store, read: ReadEvents = new Map()) {
  if (read.size > MOST_READ) read.clear();
  const known = new Map<string, readonly TrailEvent[]>();

  async function eventsOf(ids: Iterable<string>): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !known.has(id));
    if (wanted.length === 0) return;
    for (const id of wanted) known.set(id, []);
    for (const row of await store.work.events(wanted)) keep(row);
  }
  function keep(row: Row): TrailEvent {
    const event = keptOrRead(row);
    known.set(event.id, [...(known.get(event.id) ?? []), event]);
    return event;
  }
  /** A row is read into an event once. */
  function keptOrRead(row: Row): TrailEvent {
    const key = `${String(row['EventId'])} ${String(row['Variant'])}`;
    const event = read.get(key) ?? trailEventOfRow(row);
    read.set(key, event);
    return event;
  }
  const eventOf = (id: string): readonly TrailEvent[] => known.get(id) ?? [];

  async function witnesses(queries: readonly Of<'witnesses'>[], cache: FactCache): Promise<void> {
    const rows = unique(
      await store.work.witnesses(
        mergedTimes(queries.map(({ family, subject, span }) => ({ family, subject, ...span }))),
      ),
      ['Family', 'Subject', 'EventTime', 'EventId', 'Variant'],
    );
    const byGroup = Map.groupBy(rows, (row) => JSON.stringify([row['Family'], row['Subject']]));
    await eventsOf(rows.map((row) => String(row['EventId'])));
    for (const query of queries) {
      const { family, subject, span } = query;
      const ids = (byGroup.get(JSON.stringify([family, subject])) ?? [])
        .filter(({ EventTime: time }) => String(time) >= span.from && String(time) <= span.until)
        .map((row) => String(row['EventId']));
      cache.events.set(keyOfQuery(query), inOrder([...new Set(ids)].flatMap(eventOf)));
    }
  }

  async function sightings(queries: readonly Of<'sightings'>[], cache: FactCache): Promise<void> {
    const rows = unique(await store.work.sightings(mergedBuckets(queries)), ['Family', 'Subject', 'Bucket']);
    const bySubject = Map.groupBy(rows.flatMap(sightingOf), ({ family, subject }) =>
      JSON.stringify([family, subject]),
    );
    for (const query of queries) {
      const { family, subject, from, until } = query;
      const found = (bySubject.get(JSON.stringify([family, subject])) ?? []).filter(
        ({ bucket }) => bucket >= from && (bucket <= until || bucket.startsWith(until)),
      );
      cache.sightings.set(
        keyOfQuery(query),
        found.toSorted((a, b) => (a.bucket < b.bucket ? -1 : 1)),
      );
    }
  }

  /** By id; where it leaves the region open, and that is asked for, under every region. */
  async function jobs(queries: readonly (Of<'job'> | Of<'named'>)[], cache: FactCache): Promise<void> {
    if (queries.length === 0) return;
    const idsOf = new Map(
      queries.map((query) => [
        query,
        query.ask === 'named' ? [query.job] : [query.job, ...withEachRegion(query.job)],
      ]),
    );
    const rows = await store.eventsByJob([...new Set([...idsOf.values()].flat())]);
    const byJob = Map.groupBy(rows.map(keptOrRead), ({ job }) => String(job));
    for (const [query, ids] of idsOf)
      cache.events.set(keyOfQuery(query), inOrder(ids.flatMap((id) => byJob.get(id) ?? [])));
  }

  async function edges(queries: readonly Of<'edges'>[], cache: FactCache): Promise<void> {
    const ranges: EdgeKeyRange[] = queries.map(({ node, op }) => ({ node, ops: [op] }));
    const byEnd = Map.groupBy(await store.edges(ranges), (row) => JSON.stringify([row['Node'], row['Op']]));
    for (const query of queries) {
      const found = (byEnd.get(JSON.stringify([query.node, query.op])) ?? []).map(edgeOf);
      cache.edges.set(keyOfQuery(query), found.toSorted(byTimeAndEvent));
    }
  }

  async function policies(queries: readonly Of<'policy'>[], cache: FactCache): Promise<void> {
    const rows = await store.work.versions(queries);
    const byPolicy = Map.groupBy(rows, (row) => JSON.stringify([row['Plane'], row['Policy']]));
    for (const query of queries) {
      const found = (byPolicy.get(JSON.stringify([query.plane, query.policy])) ?? []).map(versionOf);
      cache.versions.set(keyOfQuery(query), found.toSorted(byTimeAndEvent).toReversed());
    }
  }

  return {
    /** Every variant of these events. */
    async events(ids: readonly string[]): Promise<readonly TrailEvent[]> {
      await eventsOf(ids);
      return [...new Set(ids)].flatMap(eventOf);
    },
    /** What was seen, each with one of the events that it stands for; what expired meanwhile is left out. */
    async sightings(keys: readonly NonNullable<WorkItem['sighting']>[]): Promise<readonly Sighting[]> {
      const rows = await store.work.sightings(
        keys.map(({ family, subject, bucket }) => ({ family, subject, from: bucket, until: bucket })),
      );
      const wanted = new Set(keys.map(keyOfSighting));
      return unique(rows, ['Family', 'Subject', 'Bucket'])
        .flatMap(sightingOf)
        .filter((one) => wanted.has(keyOfSighting(one)));
    },
    async load(queries: readonly FactQuery[], cache: FactCache): Promise<void> {
      const of = <K extends FactQuery['ask']>(ask: K): readonly Of<K>[] =>
        queries.filter((query): query is Of<K> => query.ask === ask);
      const single = of('event');
      await witnesses(of('witnesses'), cache);
      await sightings(of('sightings'), cache);
      await jobs([...of('job'), ...of('named')], cache);
      await edges(of('edges'), cache);
      await policies(of('policy'), cache);
      await eventsOf(single.map(({ id }) => id));
      for (const query of single) cache.events.set(keyOfQuery(query), eventOf(query.id));
    },
  };
}

const keyOfSighting = ({ family, subject, bucket }: NonNullable<WorkItem['sighting']>): string =>
  JSON.stringify([family, subject, bucket]);

const inOrder = (events: readonly TrailEvent[]): readonly TrailEvent[] =>
  events.toSorted((a, b) => (a.time === b.time ? (a.id < b.id ? -1 : 1) : a.time < b.time ? -1 : 1));

const byTimeAndEvent = (
  a: { readonly time: string; readonly eventId: string },
  b: { readonly time: string; readonly eventId: string },
): number => (a.time === b.time ? (a.eventId < b.eventId ? -1 : 1) : a.time < b.time ? -1 : 1);

/** Ranges may overlap. */
function unique(rows: readonly Row[], key: readonly string[]): readonly Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify(key.map((column) => row[column])), row])).values()];
}

const FAMILIES: ReadonlyMap<string, SightingFamily> = new Map(
  SIGHTING_FAMILIES.map((family) => [family, family]),
);

function sightingOf(row: Row): readonly Sighting[] {
  const family = FAMILIES.get(String(row['Family']));
  return family === undefined
    ? []
    : [
        {
          family,
          subject: String(row['Subject']),
          bucket: String(row['Bucket']),
          eventId: String(row['EventId']),
        },
      ];
}

const edgeOf = (row: Row): EdgeFact => ({
  op: String(row['Op']),
  job: String(row['JobId']),
  eventId: String(row['EventId']),
  time: String(row['EventTime']),
  actor: typeof row['Actor'] === 'string' ? row['Actor'] : undefined,
  outcome: String(row['Outcome']),
});

function versionOf(row: Row): VersionFact {
  const { Change: change, ContentDigest: digest } = row;
  return {
    eventId: String(row['EventId']),
    time: String(row['EventTime']),
    change: change === 'set' || change === 'delete' ? change : 'delta',
    digest: typeof digest === 'string' ? digest : undefined,
    provenance: String(row['Provenance']),
  };
}
