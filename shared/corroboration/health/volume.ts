/**
 * Whether a source brings as much as it should: as its sink exported, as the other plane saw, as is usual at this hour. By
 * quarters of an hour of event time, each judged once it cannot grow any more.
 */
import { evidence } from '../../detections/evidence.ts';
import type { Condition, JudgeInput } from './condition.ts';
import { pathsOfSource } from './fold.ts';
import { volumeScore } from './learned.ts';
import { EXPORTED, pointsOf } from './metrics.ts';
import { HOUR_MS, minuteAt, MINUTE_MS, msOfMinute, QUARTER_MS, quarterOf } from './minutes.ts';
import { planeOf } from './path.ts';
import { sourceVolumeDrop } from './rules.ts';
import type { PathState, States } from './state.ts';
import type { PathHealth } from './status.ts';

/** Shares that may be missing, and for how many quarters in a row more is a finding. */
const EXPORTED_SHARE = 0.98;
const CALLED_SHARE = 0.95;
const IN_A_ROW = 2;
const USUAL_Z = -4;
const USUAL_IN_A_ROW = 3;
/** Fewer are told by single records. */
const MIN_EXPORTED = 50;
const MIN_STARTS = 20;
/** Points are complete eight minutes after their end, and polled every five. */
const POINTS_MS = 15 * MINUTE_MS;
/** What receipts of the window hold whole. */
const WINDOW_MS = 2 * HOUR_MS;

/** What a comparison of quarters comes to; the latest quarters last. */
interface Compared {
  readonly compared: 'exports' | 'calls' | 'usual';
  readonly quarters: readonly {
    readonly quarter: string;
    readonly expected: number;
    readonly received: number;
    readonly short: boolean;
  }[];
  readonly inARow: number;
}

export function droppedVolumes(input: JudgeInput): readonly Condition[] {
  const { healths } = input;
  const sources = [...new Set(healths.map(({ source }) => source))];
  const keys = new Map<string, Compared[]>();
  const add = (key: string, compared: Compared | undefined): void => {
    if (compared === undefined) return;
    const known = keys.get(key);
    if (known === undefined) keys.set(key, [compared]);
    else known.push(compared);
  };
  for (const source of sources) {
    const of = healths.filter((health) => health.source === source);
    // What is on its way or lost with its source is no part that is missing.
    if (!of.every(({ status }) => status === 'live' || status === 'idle')) continue;
    add(source, againstExports(input, source, of));
    add(source, againstCalls(input, source, of));
  }
  for (const health of healths) {
    if (health.status === 'live' || health.status === 'idle') add(health.path, againstUsual(input, health));
  }
  return [...keys].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, all]) => conditionOf(key, all));
}

function conditionOf(key: string, all: readonly Compared[]): Condition {
  const of = { rule: sourceVolumeDrop, key };
  const active = all.find(
    ({ quarters, inARow }) =>
      quarters.length >= inARow && quarters.slice(-inARow).every(({ short }) => short),
  );
  if (active === undefined) {
    const over = all.every(({ quarters }) => quarters.at(-1)?.short !== true);
    return { ...of, state: over ? 'healthy' : 'unknown' };
  }
  const last = active.quarters.slice(-active.inARow);
  const sum = (of_: 'expected' | 'received'): number =>
    Math.round(last.reduce((total, one) => total + one[of_], 0));
  const [expected, received] = [sum('expected'), sum('received')];
  const [first] = last;
  return {
    ...of,
    state: 'active',
    stage: active.compared,
    summary: `Of ${key} ${received} records came of ${expected} that ${SAYS[active.compared]}.`,
    evidence: evidence(
      ['path', key],
      ['compared', active.compared],
      ['expected', expected],
      ['received', received],
      ['from', first === undefined ? undefined : `${first.quarter}Z`],
      ['until', `${minuteAt(msOfMinute(last.at(-1)?.quarter ?? '') + QUARTER_MS)}Z`],
    ),
  };
}

const SAYS: Readonly<Record<Compared['compared'], string>> = {
  exports: 'its sink exported',
  calls: 'mesh or gateway let through',
  usual: 'are usual at this hour',
};

/** Complete quarters, oldest first: ended before what may still come, begun within the window. */
function quartersUntil(now: number, lateMs: number): readonly string[] {
  const quarters: string[] = [];
  let at = msOfMinute(quarterOf(minuteAt(now - lateMs))) - QUARTER_MS;
  for (; at > now - WINDOW_MS && quarters.length < 4; at -= QUARTER_MS) quarters.unshift(minuteAt(at));
  return quarters;
}

const eventsIn = ({ minutes }: PathState, quarter: string): number =>
  Object.values(minutes).reduce((sum, { quarters }) => sum + (quarters[quarter]?.[0] ?? 0), 0);

/** Entries that made no event, by the quarter of their commit: nothing else tells when they were. */
function othersIn(states: States, sources: readonly string[], quarter: string): number {
  const end = minuteAt(msOfMinute(quarter) + QUARTER_MS);
  return sources.reduce((sum, source) => {
    const minutes = Object.entries(states.get(source)?.minutes ?? {});
    return (
      sum +
      minutes.reduce(
        (all, [minute, { others }]) => (minute >= quarter && minute < end ? all + others : all),
        0,
      )
    );
  }, 0);
}

function againstExports(
  { states, metrics, declared, now }: JudgeInput,
  source: string,
  healths: readonly PathHealth[],
): Compared | undefined {
  const [first] = healths;
  if (first === undefined) return undefined;
  const points = healths.flatMap(({ path }) => pointsOf(metrics, EXPORTED, path, declared.path(path)));
  const unique = [...new Map(points.map((point) => [`${point.resource} ${point.end}`, point])).values()];
  if (unique.length === 0) return undefined;
  const budget = Math.max(POINTS_MS, ...healths.map(({ budgetMs }) => budgetMs));
  const paths = pathsOfSource(states, source);
  const quarters = quartersUntil(Date.parse(now), budget).flatMap((quarter) => {
    const begin = msOfMinute(quarter);
    const within = unique.filter(({ start, end }) => start >= begin && end <= begin + QUARTER_MS);
    const expected = within.reduce((sum, { value }) => sum + value, 0);
    // A series without a point is no zero.
    if (expected < MIN_EXPORTED) return [];
    const events = paths.reduce((sum, path) => sum + eventsIn(states.get(path) ?? NOTHING, quarter), 0);
    const received = events + othersIn(states, [source, UNROUTED], quarter);
    return [{ quarter, expected, received, short: received < expected * EXPORTED_SHARE }];
  });
  return { compared: 'exports', quarters, inARow: IN_A_ROW };
}

const UNROUTED = 'unrouted';
const NOTHING: PathState = { v: 1, known: '', minutes: {}, learned: { gaps: {}, open: {}, volume: {} } };

/** Starts of jobs that a hop let through and the audit log has not; the other way round is a bypass, which other rules find. */
function againstCalls(
  { states, healths, now }: JudgeInput,
  engine: string,
  own: readonly PathHealth[],
): Compared | undefined {
  const hops = healths.filter(
    ({ path, status }) => planeOf(path) !== undefined && (status === 'live' || status === 'idle'),
  );
  if (!ENGINES.has(engine) || hops.length === 0) return undefined;
  const budget = Math.max(...own.map(({ budgetMs }) => budgetMs), ...hops.map(({ budgetMs }) => budgetMs));
  const paths = pathsOfSource(states, engine);
  const quarters = quartersUntil(Date.parse(now), budget).flatMap((quarter) => {
    const startsOf = (path: string): number => startsIn(states.get(path) ?? NOTHING, engine, quarter);
    const gateway = hops
      .filter(({ source }) => source === 'kong')
      .reduce((sum, { path }) => sum + startsOf(path), 0);
    // Each reporter of a mesh records the same call: the one that saw most of them counts.
    const byReporter = new Map<string, number>();
    for (const { path } of hops.filter(({ source }) => source === 'istio')) {
      const reporter = path.slice(path.lastIndexOf('/') + 1);
      byReporter.set(reporter, (byReporter.get(reporter) ?? 0) + startsOf(path));
    }
    const expected = Math.max(gateway, ...byReporter.values());
    if (expected < MIN_STARTS) return [];
    const received = paths.reduce((sum, path) => sum + startsOf(path), 0);
    return [{ quarter, expected, received, short: received < expected * CALLED_SHARE }];
  });
  return quarters.length === 0 ? undefined : { compared: 'calls', quarters, inARow: IN_A_ROW };
}

const ENGINES: ReadonlySet<string> = new Set(['dataproc', 'dataflow', 'databricks']);

const startsIn = ({ minutes }: PathState, engine: string, quarter: string): number =>
  Object.values(minutes).reduce((sum, { starts }) => sum + (starts[quarter]?.[engine] ?? 0), 0);

function againstUsual({ states, now }: JudgeInput, { path, budgetMs }: PathHealth): Compared | undefined {
  const state = states.get(path);
  if (state === undefined) return undefined;
  const quarters = quartersUntil(Date.parse(now), budgetMs).flatMap((quarter) => {
    const received = eventsIn(state, quarter);
    const score = volumeScore(state.learned, quarter, received);
    return score === undefined
      ? []
      : [{ quarter, expected: score.usual, received, short: score.z < USUAL_Z }];
  });
  return quarters.length === 0 ? undefined : { compared: 'usual', quarters, inARow: USUAL_IN_A_ROW };
}
