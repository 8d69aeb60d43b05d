/**
 * Calls as each party saw them, each once: what the API recorded of one piece of work is one start, though a caller repeats the
 * request; what the proxies of a hop recorded of one request is one call through it. Lists in the order of time.
 */
import { textOf } from '../detections/evidence.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import {
  hopKindOf,
  recordOf,
  requestIdsOf,
  type CallRecord,
  type HopKind,
  type Place,
} from './call-records.ts';
import { byTime, type Side } from './matching.ts';

export interface Call extends Side {
  /** The first of its records. */
  readonly event: TrailEvent;
  readonly events: readonly TrailEvent[];
  readonly place: Place;
}

/** How far apart records of one request may be: those that share its id, and those that have none. */
const SAME_REQUEST_MS = 60_000;
const SAME_MOMENT_MS = 1000;

/** A job is started once: a repeated request for it is recorded again and starts nothing. */
export function startsOf(records: readonly CallRecord[]): readonly Call[] {
  const byJob = new Map<string, Building>();
  const starts: Building[] = [];
  for (const record of records.toSorted(byTime)) {
    const { job } = record.event;
    const known = job === undefined ? undefined : byJob.get(job);
    if (known !== undefined) {
      known.records.push(record);
      continue;
    }
    const start: Building = { records: [record], proxies: new Set() };
    starts.push(start);
    if (job !== undefined) byJob.set(job, start);
  }
  return starts.map(callOf);
}

export const callsThrough = (kind: HopKind, records: readonly CallRecord[]): readonly Call[] =>
  callsOfHop(records.filter(({ event }) => hopKindOf(event) === kind));

interface Building {
  readonly records: CallRecord[];
  readonly proxies: Set<string>;
}

/**
 * Proxies on both sides of a connection, and one behind the other, record one request each: one call. What one proxy records
 * twice was sent twice.
 */
function callsOfHop(records: readonly CallRecord[]): readonly Call[] {
  const open = new Map<string, Building[]>();
  const calls: Building[] = [];
  for (const record of records.toSorted(byTime)) {
    const proxy = proxyOf(record.event);
    const ids = requestIdsOf(record.event);
    const names = ids.length > 0 ? ids.map((id) => `id ${id}`) : [nameless(record)];
    const within = ids.length > 0 ? SAME_REQUEST_MS : SAME_MOMENT_MS;
    let call = names
      .flatMap((name) => open.get(name) ?? [])
      .find(
        ({ records: [first], proxies }) =>
          first !== undefined && record.at - first.at <= within && !proxies.has(proxy),
      );
    if (call === undefined) calls.push((call = { records: [], proxies: new Set() }));
    call.records.push(record);
    call.proxies.add(proxy);
    for (const name of names) {
      // Only the last few are still open: those before are too old.
      const others = (open.get(name) ?? []).filter((one) => one !== call && isRecent(one, record.at));
      open.set(name, [...others, call]);
    }
  }
  return calls.map(callOf).toSorted(byTime);
}

const isRecent = ({ records: [first] }: Building, at: number): boolean =>
  first !== undefined && at - first.at <= SAME_REQUEST_MS;

const nameless = ({ identities, place }: CallRecord): string =>
  JSON.stringify([[...identities].toSorted(), place.project, place.region]);

/** Which proxy wrote it, as far as the record tells. */
function proxyOf({ claims, via, peer, source }: TrailEvent): string {
  const told = [
    'reporter',
    'cluster',
    'workspace',
    'service',
    'route',
    'sourceWorkload',
    'namespace',
    'sourceNamespace',
  ];
  return JSON.stringify([source, via, peer, ...told.map((name) => textOf(claims, name) ?? '')]);
}

function callOf({ records }: Building): Call {
  const [first] = records;
  if (first === undefined) throw new Error('a call without a record');
  const all = <T>(of: (record: CallRecord) => Iterable<T>): T[] => [
    ...new Set(records.flatMap((one) => [...of(one)])),
  ];
  return {
    id: first.id,
    at: first.at,
    identities: new Set(all(({ identities }) => identities)),
    keys: {
      'request-id': all(({ keys }) => keys['request-id'] ?? []),
      'job-id': all(({ keys }) => keys['job-id'] ?? []),
    },
    event: first.event,
    events: records.map(({ event }) => event),
    place: records.reduce((place, one) => narrower(place, one.place), first.place),
  };
}

/** What one of them tells of the place, all know. */
const narrower = (a: Place, b: Place): Place => ({
  project: a.project === '' ? b.project : a.project,
  region: a.region === '' ? b.region : a.region,
});

export const toRecords = (events: readonly TrailEvent[]): readonly CallRecord[] => events.map(recordOf);
