/**
 * Who vouches for a path, one question each: its canaries, its subscription, its own cadence; and who contradicts it. Times are
 * milliseconds here; texts are made where they leave (status.ts).
 */
import type { DeclaredCorroboration } from '../declared.ts';
import type { CanaryBack } from './canary.ts';
import { above, addAll, quantile, totalOf, type Histogram } from './delays.ts';
import { minutesIn } from './fold.ts';
import { usualGapMs } from './learned.ts';
import { EXPORTED, METRIC_AGE_MS, OLDEST_UNACKED, pointsOf, type MetricPoint } from './metrics.ts';
import { HOUR_MS, MINUTE_MS, minuteAt, msOfMinute, QUARTER_MS } from './minutes.ts';
import { isAwaited, planeOf, sourceOfPath } from './path.ts';
import type { PathState, States } from './state.ts';

/** One path, looked at at one instant. */
export interface Looking {
  readonly path: string;
  readonly state: PathState;
  readonly states: States;
  readonly canaries: readonly CanaryBack[];
  readonly metrics: readonly MetricPoint[];
  readonly declared: DeclaredCorroboration;
  readonly now: number;
}

/** Fewer delays say nothing about a thousandth. */
const MIN_DELAYS = 100;
/** In which arrivals must have been on time before a path counts as caught up. */
const CALM_MS = 10 * MINUTE_MS;

/**
 * How late a record may be: what is declared, or what the class of the source says, or what was measured if that is more,
 * within the bound of the class. What waits in the subscription is not part of it: that is a backlog, and holds the watermark.
 */
export function budgetMs({ path, state, declared, now }: Looking): number {
  const said = declared.lateness(path);
  const bound = planeOf(path) === undefined ? 24 * HOUR_MS : HOUR_MS;
  const delays: Histogram = [];
  for (const { toLogging } of minutesIn(state, 0, now + MINUTE_MS)) addAll(delays, toLogging);
  const measured = totalOf(delays) < MIN_DELAYS ? 0 : (quantile(delays, 0.999) ?? 0);
  return Math.max(said, Math.min(measured, bound));
}

/** Instant of the last arrival: the end of its minute. Undefined where nothing ever came. */
export const lastArrivalMs = ({ lastSeen }: PathState): number | undefined =>
  lastSeen === undefined ? undefined : msOfMinute(lastSeen) + MINUTE_MS;

/** How long the path may be silent before its silence says something, and why. */
export function silenceLimit({ path, state, declared }: Looking): {
  readonly ms: number;
  readonly by: 'declared' | 'learned' | 'default';
} {
  const every = declared.path(path)?.everySeconds;
  if (every !== undefined) return { ms: every * 1000, by: 'declared' };
  const usual = state.lastSeen === undefined ? undefined : usualGapMs(state.learned, state.lastSeen);
  return usual === undefined
    ? { ms: QUARTER_MS, by: 'default' }
    : { ms: Math.max(QUARTER_MS, 3 * usual), by: 'learned' };
}

/** What the path's subscription says of its backlog; undefined where no young point tells. */
export function backlogOf({ path, metrics, declared, now }: Looking): MetricPoint | undefined {
  const fresh = pointsOf(metrics, OLDEST_UNACKED, path, declared.path(path)).filter(
    ({ end }) => end <= now && now - end <= METRIC_AGE_MS,
  );
  const newest = fresh.at(-1);
  // Of several subscriptions the worst one speaks.
  return fresh
    .filter(({ end }) => end === newest?.end)
    .reduce<MetricPoint | undefined>(
      (worst, one) => (worst === undefined || one.value > worst.value ? one : worst),
      undefined,
    );
}

/** Whether records came lately that had waited for longer than the budget between Cloud Logging and here. */
export function arrivesLate({ state, now }: Looking, budget: number): boolean {
  const waited: Histogram = [];
  for (const { toCommit } of minutesIn(state, now - CALM_MS, now + MINUTE_MS)) addAll(waited, toCommit);
  // One message that was tried again and again is no backlog.
  return above(waited, budget) > totalOf(waited) * 0.01;
}

/** Stood still until now, for whatever reason: nobody looked for a while is one of them. */
export const stoodStill = ({ state: { memory }, now }: Looking, budget: number): boolean =>
  memory !== undefined &&
  (memory.status === 'blind' ||
    memory.status === 'lagging' ||
    (memory.watermark !== undefined && now - Date.parse(memory.watermark) > budget + CALM_MS));

const arrivesNow = ({ state, now }: Looking): boolean =>
  minutesIn(state, now - CALM_MS, now + MINUTE_MS).some(({ n }) => n > 0);

/**
 * Whether what piled up is through. Pub/Sub delivers in any order, so that the first records after an outage may be new ones: the
 * subscription tells, or else some minutes in which nothing came late. A canary that was quick is such a record as well.
 */
export function isThrough(looking: Looking, budget: number, quickCanary: boolean): boolean {
  if (arrivesLate(looking, budget)) return false;
  const backlog = backlogOf(looking);
  if (backlog !== undefined) return backlog.value * 1000 <= budget;
  const { memory } = looking.state;
  const calm = memory?.status === 'lagging' && looking.now - Date.parse(memory.since) >= CALM_MS;
  return calm && (quickCanary || arrivesNow(looking));
}

export interface Row {
  /** When the last canary of an unbroken row was sent; undefined where none came back yet. */
  readonly end: number | undefined;
  /** A row began anew after a hole: from the last before it to the first after it. */
  readonly holes: readonly (readonly [number, number])[];
  /** A newer canary is back, and those before it are not: what was sent between is on its way, or lost. */
  readonly broken: boolean;
}

/** A scheduler is late, or misses once. */
const JITTER_MS = MINUTE_MS;

/**
 * Canaries that came back, as an unbroken row from the one that counted last. Each speaks for the path up to when it was sent,
 * and no farther; one after a hole counts once what piled up in the hole is through.
 */
export function canaryRow(looking: Looking, budget: number): Row {
  const { path, state, canaries, declared, now } = looking;
  const apart = 2 * declared.canaryEveryMs + JITTER_MS;
  const sent = [
    ...new Set(canaries.filter((one) => one.path === path).map(({ sentAt }) => Date.parse(sentAt))),
  ]
    .filter((at) => at <= now + JITTER_MS)
    .toSorted((a, b) => a - b);
  const known = state.memory?.vouched;
  let end = known === undefined ? undefined : Date.parse(known);
  const holes: (readonly [number, number])[] = [];
  for (const at of sent) {
    if (end !== undefined && at <= end) continue;
    if (end !== undefined && at - end > apart) {
      if (!isThrough(looking, budget, now - at <= budget)) return { end, holes, broken: true };
      holes.push([end, at]);
    }
    end = at;
  }
  return { end, holes, broken: false };
}

export type Witness = 'exports' | 'other paths' | 'declared cadence';

/** Fewer records of another path may be anybody's. */
const MIN_WITNESSED = 10;

/** Who says that the path should have spoken since its last arrival. Undefined: nobody does, and it may be idle. */
export function silenceWitness(looking: Looking, since: number, budget: number): Witness | undefined {
  const { path, states, metrics, declared, now } = looking;
  const of = declared.path(path);
  const until = now - budget;
  const exported = pointsOf(metrics, EXPORTED, path, of).some(
    ({ start, end, value }) => start >= since && end <= until && value > 0,
  );
  // A sink carries all paths of its source: that it exported says nothing about one of several.
  const alone = ![...states].some(
    ([other, { lastSeen }]) =>
      other !== path &&
      sourceOfPath(other) === sourceOfPath(path) &&
      lastSeen !== undefined &&
      msOfMinute(lastSeen) >= since,
  );
  if (exported && alone) return 'exports';
  const witnessed = [...(of?.witnesses ?? []), ...siblingsOf(path, states)].some((other) => {
    const beside = states.get(other);
    if (beside === undefined) return false;
    const came = minutesIn(beside, since + MINUTE_MS, until).reduce((sum, { n }) => sum + n, 0);
    return came >= MIN_WITNESSED;
  });
  if (witnessed) return 'other paths';
  return of?.everySeconds === undefined ? undefined : 'declared cadence';
}

/** The other reporters of a mesh cluster see the other side of the same calls. */
function siblingsOf(path: string, states: States): readonly string[] {
  if (planeOf(path) !== 'mesh' || !isAwaited(path)) return [];
  const cluster = path.slice(0, path.lastIndexOf('/') + 1);
  return [...states.keys()].filter((other) => other !== path && other.startsWith(cluster));
}

/** Minutes in which something came, within the window: a path of one burst is no path yet. */
export function isEstablished({ path, state, declared, now }: Looking): boolean {
  if (declared.paths.some((one) => one.path === path)) return true;
  const { firstSeen, learned } = state;
  if (firstSeen === undefined || now - msOfMinute(firstSeen) < HOUR_MS) return false;
  const minutes = minutesIn(state, 0, now + MINUTE_MS).filter(({ n }) => n > 0).length;
  const gaps = Object.values(learned.gaps).reduce((sum, counts) => sum + totalOf(counts), 0);
  return minutes + gaps >= 10;
}

export const timeOf = (ms: number): string =>
  `${minuteAt(ms)}${new Date(ms).toISOString().slice(16, 23)}000000Z`;
