/**
 * What a commit brought of each path: how much, how late, how old. Made for every commit and read each minute, so that an
 * entry costs a few comparisons and no parsing beyond its seconds.
 */
import * as z from 'zod';
import type { Row } from '../../../schemas/tables.ts';
import { callFamilyOf } from '../call-family.ts';
import { CANARY_PREFIX } from './canary.ts';
import { addTo, bucketOf } from './delays.ts';
import { createInstants, HOUR_MS, MINUTE_MS } from './minutes.ts';
import { createPathOfRow, otherOf, planeOf, sourceOfPath } from './path.ts';

const time = z.string().length(30);
const count = z.number().int().min(0);
/** A dozen and the one above. */
const histogram = z.array(count).max(13);

/** Of one path: names are short, since there is one for each commit. */
export const PathArrivals = z.strictObject({
  /** Events. */
  n: count,
  /** Those whose event time and receive time do not fit (event-time-skew). */
  skewed: count.optional(),
  /** Newest receiveTimestamp; oldest and newest event time. */
  received: time.optional(),
  oldest: time,
  newest: time,
  /** Delay from the event to Cloud Logging, without the skewed, and from there to the commit. */
  toLogging: histogram,
  toCommit: histogram,
  /** By quarter of an hour of event time (of receive time for the skewed): events, calls, calls that were allowed. */
  quarters: z.record(z.string().length(16), z.tuple([count, count, count])),
  /** By quarter and engine: calls that start work, and were allowed. */
  starts: z.record(z.string().length(16), z.record(z.string().max(32), count)).optional(),
});
export type PathArrivals = z.infer<typeof PathArrivals>;

export const Arrivals = z.strictObject({
  paths: z.record(z.string().max(256), PathArrivals),
  /** Entries of the commit that made no event, by source: left out by a rule, or in quarantine. */
  others: z.record(z.string().max(32), count).optional(),
});
export type Arrivals = z.infer<typeof Arrivals>;

/** Told apart in one commit, and quarters of one path. */
const MAX_PATHS = 32;
const MAX_QUARTERS = 12;

/** Beyond it the event time is not believed: milliseconds that an entry may be older than its receipt, by source. */
const SKEW_MS: ReadonlyMap<string, number> = new Map([
  ['istio', 15 * MINUTE_MS],
  ['kong', 15 * MINUTE_MS],
  ['databricks', 24 * HOUR_MS],
]);
const AHEAD_MS = 2 * MINUTE_MS;
const HOP_AHEAD_MS = 15 * MINUTE_MS;

export interface Beside {
  readonly source: string;
  /** Filtered and quarantined entries of the commit. */
  readonly count: number;
}

/**
 * The arrivals of a commit as JSON; undefined where nothing came.
 * @param rows rows of Events that the commit inserted: what was there already arrived before
 * @param now time of the commit, RFC 3339 with nine fraction digits
 */
export function arrivalsOf(rows: Iterable<Row>, now: string, others?: Beside): string | undefined {
  // One each, since events and receipts are in minutes of their own.
  const eventAt = createInstants();
  const receiptAt = createInstants();
  const pathOf = createPathOfRow();
  const committed = Date.parse(now);
  const paths = new Map<string, Gathered>();
  let last: Gathered | undefined;
  for (const row of rows) {
    const eventTime = row['EventTime'];
    if (typeof eventTime !== 'string' || isCanary(row)) continue;
    const path = pathOf(row);
    if (path === undefined) continue;
    // Nearly always that of the row before.
    const into: Gathered = last?.named === path ? last : gatheredFor(paths, path, eventTime);
    last = into;
    const { arrived } = into;
    const given = row['ReceiveTime'];
    const received = typeof given === 'string' ? given : now;
    const event = eventAt(eventTime);
    const receipt = receiptAt(received);
    arrived.n += 1;
    if (eventTime < arrived.oldest) arrived.oldest = eventTime;
    if (eventTime > arrived.newest) arrived.newest = eventTime;
    if (received > into.received) into.received = received;
    const delay = receipt.ms - event.ms;
    const skewed = delay > into.behindMs || delay < into.aheadMs;
    if (skewed) arrived.skewed = (arrived.skewed ?? 0) + 1;
    else addTo(arrived.toLogging, bucketOf(delay));
    addTo(arrived.toCommit, bucketOf(committed - receipt.ms));
    // A time that is not believed moves no count to where its writer would have it.
    countRow(into, row, skewed ? receipt.quarter : event.quarter);
  }
  const beside = others === undefined || others.count === 0 ? undefined : { [others.source]: others.count };
  if (paths.size === 0 && beside === undefined) return undefined;
  const arrivals: Arrivals = { paths: {} };
  for (const [path, { arrived, received }] of paths) arrivals.paths[path] = { ...arrived, received };
  if (beside !== undefined) arrivals.others = beside;
  return JSON.stringify(arrivals);
}

/** Of one path, while it is counted. */
interface Gathered {
  /** The path of the rows that came last, before paths beyond the limit became one. */
  named: string;
  readonly arrived: PathArrivals;
  received: string;
  readonly behindMs: number;
  readonly aheadMs: number;
  /** The quarter that was counted in last. */
  quarter: string;
  counts: [number, number, number];
}

function gatheredFor(paths: Map<string, Gathered>, named: string, eventTime: string): Gathered {
  const path = paths.has(named) || paths.size < MAX_PATHS ? named : otherOf(named);
  const known = paths.get(path);
  if (known !== undefined) {
    known.named = named;
    return known;
  }
  const made: Gathered = {
    named,
    arrived: { n: 0, oldest: eventTime, newest: eventTime, toLogging: [], toCommit: [], quarters: {} },
    received: '',
    behindMs: SKEW_MS.get(sourceOfPath(path)) ?? HOUR_MS,
    aheadMs: planeOf(path) === undefined ? -AHEAD_MS : -HOP_AHEAD_MS,
    quarter: '',
    counts: [0, 0, 0],
  };
  paths.set(path, made);
  return made;
}

function countRow(into: Gathered, row: Row, quarter: string): void {
  if (into.quarter !== quarter) {
    const { quarters } = into.arrived;
    let known = quarters[quarter];
    if (known === undefined) {
      if (Object.keys(quarters).length === MAX_QUARTERS) return;
      known = [0, 0, 0];
      quarters[quarter] = known;
    }
    into.quarter = quarter;
    into.counts = known;
  }
  const { counts } = into;
  counts[0] += 1;
  const allowed = row['Outcome'] === 'allowed';
  if (row['Action'] === 'api.call') {
    counts[1] += 1;
    if (allowed) counts[2] += 1;
  }
  const callKey = row['CallKey'];
  if (typeof callKey === 'string' && allowed && row['Phase'] !== 'last')
    addStart(into.arrived, callKey, quarter);
}

function addStart(arrived: PathArrivals, callKey: string, quarter: string): void {
  const engine = callFamilyOf(callKey)?.engine;
  if (engine === undefined) return;
  const starts = ((arrived.starts ??= {})[quarter] ??= {});
  starts[engine] = (starts[engine] ?? 0) + 1;
}

/** A probe's request is no traffic of anybody's: what is counted of a hop is what others do. */
function isCanary(row: Row): boolean {
  if (row['Action'] !== 'api.call') return false;
  const resource = row['Resource'];
  return typeof resource === 'string' && resource.startsWith(CANARY_PREFIX);
}

/** @throws ZodError for a text that `arrivalsOf` has not made. */
export const parseArrivals = (json: string): Arrivals => Arrivals.parse(JSON.parse(json));
