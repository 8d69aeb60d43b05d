/** The health of each path, from what commits, canaries and polls left in the store. Read each minute; nothing is counted twice. */
import type { Row } from '../../schemas/tables.ts';
import { DAY_MS, HOUR_MS, later, MINUTE_MS } from '../alerts/times.ts';
import { verifiedCanary, type CanaryBack } from '../corroboration/health/canary.ts';
import { foldArrivals, WINDOW_MINUTES } from '../corroboration/health/fold.ts';
import { HEALTH_METRICS, metricPointOf, type MetricPoint } from '../corroboration/health/metrics.ts';
import { minuteOf } from '../corroboration/health/minutes.ts';
import { sourceOfPath } from '../corroboration/health/path.ts';
import { parseState, type PathState, type States } from '../corroboration/health/state.ts';
import { healthOf, type PathHealth } from '../corroboration/health/status.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import { trailEventOfRow } from '../model/trail-event-of-row.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import type { Store } from '../store/store.ts';
import type { GroupRange } from '../store/work.ts';

export interface Look {
  readonly states: States;
  readonly healths: readonly PathHealth[];
  readonly metrics: readonly MetricPoint[];
}

export interface LookOptions {
  readonly store: Store;
  readonly declared: DeclaredFacts;
  /** Projects whose metrics are polled. */
  readonly metricProjects: readonly string[];
  /** Keys of canaries: the present one, and the one before it while it is replaced. */
  readonly canaryKeys: readonly string[];
  /** States by their text: mostly it is what this instance wrote a minute ago. */
  readonly parsed: Map<string, PathState>;
  /** What an earlier look has read already. */
  readonly read: Map<string, readonly TrailEvent[]>;
  /** RFC 3339, as in rows. */
  readonly now: string;
  /**
   * Arrivals of the time that is looked at; absent: the commits of the last minutes. A recorded day that is played in seconds has
   * its arrivals dated by what was received (`asReceived`).
   */
  readonly arrivals?: (since: string) => Promise<readonly Row[]>;
}

/** Read again each time, so that a commit that was late to be seen counts. */
const OVERLAP_MS = 10 * MINUTE_MS;
const CANARY_MS = 3 * HOUR_MS;
/** A hop's clock, which dates its record, against the clock that dates the canary: what counts is two minutes at most. */
const CLOCKS_MS = 5 * MINUTE_MS;
const METRIC_MS = 2 * HOUR_MS;
/** Rows of one shard. */
const MOST_ARRIVALS = 20_000;
/** Events that are kept in memory. */
const MOST_READ = 20_000;

export async function lookAtPaths(options: LookOptions): Promise<Look> {
  const { store, declared, now } = options;
  const kept = await store.work.paths();
  const known: States = new Map(kept.map((row) => [String(row['Path']), stateOf(row, options.parsed)]));
  const since = sinceOf(kept, now);
  const arrivals = options.arrivals ?? ((from: string) => store.work.arrivals(from, MOST_ARRIVALS));
  const receipts = (await arrivals(since)).map((row) => ({
    commitTime: String(row['CommitTime']),
    arrivals: String(row['Paths']),
  }));
  const states = foldArrivals(known, { from: minuteOf(since), until: minuteOf(now), receipts });
  const canaries = await canariesBack(options, states);
  const metrics = await metricPoints(options, states);
  const healths = healthOf({ states, canaries, metrics, declared: declared.corroboration, now });
  return { states, healths, metrics };
}

function stateOf(row: Row, parsed: ReadonlyMap<string, PathState>): PathState {
  const text = String(row['State']);
  return parsed.get(text) ?? parseState(text);
}

/** The beginning of the first minute that is read whole: as long as nobody looked, two hours at most. */
function sinceOf(kept: readonly Row[], now: string): string {
  const last = kept.map((row) => String(row['UpdatedAt'])).reduce((a, b) => (a > b ? a : b), '');
  const oldest = later(now, -(WINDOW_MINUTES - 1) * MINUTE_MS);
  const wanted = last === '' ? oldest : later(last < now ? last : now, -OVERLAP_MS);
  return `${minuteOf(wanted > oldest ? wanted : oldest)}:00.000000000Z`;
}

/** Of those that came before the last that vouched nothing more is to be learned. */
async function canariesBack(options: LookOptions, states: States): Promise<readonly CanaryBack[]> {
  const { declared, canaryKeys, now } = options;
  const paths = new Set([...states.keys(), ...declared.corroboration.paths.map(({ path }) => path)]);
  const oldest = later(now, -CANARY_MS);
  const ranges = [...paths]
    .filter((path) => declared.corroboration.path(path)?.canary === true)
    .map((subject): GroupRange => {
      const vouched = states.get(subject)?.memory?.vouched;
      const from = vouched === undefined ? oldest : later(vouched, -CLOCKS_MS);
      return { family: 'canary', subject, from: from > oldest ? from : oldest, until: later(now, DAY_MS) };
    });
  return (await eventsOf(options, ranges)).flatMap((event) => verifiedCanary(event, canaryKeys) ?? []);
}

/** Points of the sinks and subscriptions that are declared, or have the name that the deployment gives them. */
async function metricPoints(options: LookOptions, states: States): Promise<readonly MetricPoint[]> {
  const { declared, metricProjects, now } = options;
  const { corroboration } = declared;
  const resources = new Set(
    corroboration.paths.flatMap(({ subscription, sinks = [] }) => [
      ...(subscription === undefined ? [] : [subscription]),
      ...sinks,
    ]),
  );
  const sources = new Set(
    [...states.keys(), ...corroboration.paths.map(({ path }) => path)].map(sourceOfPath),
  );
  for (const project of metricProjects) {
    for (const source of sources) {
      resources.add(`projects/${project}/subscriptions/jobtrail-${source}`);
      resources.add(`projects/${project}/sinks/jobtrail-${source}`);
    }
  }
  const ranges = HEALTH_METRICS.flatMap((metric) =>
    [...resources].map((resource): GroupRange => ({
      family: 'metric',
      subject: `${metric}|${resource}`,
      from: later(now, -METRIC_MS),
      until: now,
    })),
  );
  return (await eventsOf(options, ranges)).flatMap((event) => metricPointOf(event) ?? []);
}

/** Read once each, however often they are looked at. */
async function eventsOf(
  { store, read }: LookOptions,
  ranges: readonly GroupRange[],
): Promise<readonly TrailEvent[]> {
  if (ranges.length === 0) return [];
  const rows = await store.work.witnesses(ranges);
  const ids = [...new Set(rows.map((row) => String(row['EventId'])))];
  const unread = ids.filter((id) => !read.has(id));
  if (read.size > MOST_READ)
    for (const known of [...read.keys()].filter((id) => !ids.includes(id))) read.delete(known);
  for (const row of await store.work.events(unread)) {
    const event = trailEventOfRow(row);
    read.set(event.id, [...(read.get(event.id) ?? []), event]);
  }
  return ids.flatMap((id) => read.get(id) ?? []);
}

/** Rows of Paths as they are to be kept; their states are remembered for the next look. */
export function pathRows(
  states: States,
  healths: readonly PathHealth[],
  now: string,
  parsed: Map<string, PathState>,
): readonly Row[] {
  const byPath = new Map(healths.map((health) => [health.path, health]));
  parsed.clear();
  return [...states].map(([path, state]) => {
    const text = JSON.stringify(state);
    parsed.set(text, state);
    return {
      Path: path,
      Status: byPath.get(path)?.status ?? 'unseen',
      Watermark: byPath.get(path)?.watermark,
      State: text,
      UpdatedAt: now,
    };
  });
}
