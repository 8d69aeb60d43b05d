/** Paths that fell silent, paths that never spoke, and elements of the way here that lose or hold back entries. */
import { evidence } from '../../detections/evidence.ts';
import type { Condition, JudgeInput } from './condition.ts';
import { EXPORT_ERRORS, isOfPath, METRIC_AGE_MS, OLDEST_UNACKED, type MetricPoint } from './metrics.ts';
import { MINUTE_MS, msOfMinute, QUARTER_MS } from './minutes.ts';
import { planeOf } from './path.ts';
import { exportPathLagging, sourceNeverSeen, sourceSilent } from './rules.ts';
import type { PathHealth } from './status.ts';
import { timeOf } from './vouching.ts';

/** Verdicts held by a path, under whatever name they wait for it. */
const heldBy = (held: JudgeInput['heldBy'], { path, source }: PathHealth): number =>
  [...new Set([path, source, planeOf(path) ?? path])].reduce((sum, name) => sum + (held.get(name) ?? 0), 0);

/** 0, 1, 10, 100, …: an alert is told anew when the number has grown that much. */
const magnitude = (count: number): number => (count === 0 ? 0 : 10 ** Math.floor(Math.log10(count)));

export function silentPaths({ healths, heldBy: held, now }: JudgeInput): readonly Condition[] {
  return healths.map((health): Condition => {
    const { path, silence, status } = health;
    if (silence === undefined || (silence.witness === 'canary' && isNewCanary(health, now))) {
      const over = status === 'live' || status === 'idle' || status === 'retired';
      return { rule: sourceSilent, key: path, state: over ? 'healthy' : 'unknown' };
    }
    const count = heldBy(held, health);
    const waiting =
      count === 0
        ? 'No verdict waits for it.'
        : `${count} ${count === 1 ? 'verdict waits' : 'verdicts wait'} for it.`;
    return {
      rule: sourceSilent,
      key: path,
      state: 'active',
      stage: `held:${magnitude(count)}`,
      summary: `The log source ${path} fell silent. ${health.reason} ${waiting}`,
      evidence: evidence(
        ['path', path],
        ['witness', silence.witness],
        ['reason', health.reason],
        ['last', health.lastArrival],
        ['watermark', health.watermark],
        ['limit', `${Math.round(silence.limitMs / 1000)} s`],
        ['held', count],
      ),
    };
  });
}

/** The first canary of a path takes its time. */
const isNewCanary = ({ vouched, since }: PathHealth, now: string): boolean =>
  vouched === undefined && Date.parse(now) - Date.parse(since) < QUARTER_MS;

export function unseenPaths({ states, healths, heldBy: held, now }: JudgeInput): readonly Condition[] {
  return healths
    .filter(({ required }) => required)
    .map((health): Condition => {
      const { path, status } = health;
      if (status !== 'unseen') return { rule: sourceNeverSeen, key: path, state: 'healthy' };
      const known = states.get(path)?.known;
      const grace = Math.max(QUARTER_MS, health.budgetMs);
      if (known === undefined || Date.parse(now) - msOfMinute(known) < grace)
        return { rule: sourceNeverSeen, key: path, state: 'unknown' };
      const count = heldBy(held, health);
      return {
        rule: sourceNeverSeen,
        key: path,
        state: 'active',
        stage: `held:${magnitude(count)}`,
        summary: `The log source ${path} is required and was never seen.`,
        evidence: evidence(['path', path], ['since', timeOf(msOfMinute(known))], ['held', count]),
      };
    });
}

/** Age of the oldest message from which on a subscription is behind, where the lateness of its source is not more. */
const BACKLOG_MS = 10 * MINUTE_MS;
/** Points cover five minutes: two in a row are ten. */
const IN_A_ROW = 2;

export function laggingElements({ metrics, healths, declared, now }: JudgeInput): readonly Condition[] {
  const at = Date.parse(now);
  const fresh = new Map<string, Map<string, MetricPoint>>();
  for (const point of metrics) {
    if (point.metric !== EXPORT_ERRORS && point.metric !== OLDEST_UNACKED) continue;
    if (point.end > at || at - point.end > METRIC_AGE_MS) continue;
    const points = fresh.get(point.resource) ?? new Map<string, MetricPoint>();
    fresh.set(point.resource, points);
    // Of two values of one interval the greater is the later reading.
    const key = `${point.metric} ${point.end}`;
    if ((points.get(key)?.value ?? -1) < point.value) points.set(key, point);
  }
  return [...fresh]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([resource, points]) => {
      const health = healths.find(({ path }) => isOfPath(resource, path, declared.path(path)));
      return health === undefined ? [] : [elementOf(resource, [...points.values()], health)];
    });
}

function elementOf(resource: string, points: readonly MetricPoint[], health: PathHealth): Condition {
  const of = { rule: exportPathLagging, key: resource };
  const sorted = points.toSorted((a, b) => a.end - b.end);
  const errors = sorted
    .filter(({ metric }) => metric === EXPORT_ERRORS)
    .reduce((sum, { value }) => sum + value, 0);
  if (errors > 0) {
    const first = sorted.find(({ metric, value }) => metric === EXPORT_ERRORS && value > 0);
    return {
      ...of,
      state: 'active',
      summary: `The sink ${resource} could not export ${errors} ${errors === 1 ? 'entry' : 'entries'} of ${health.source}: they are lost here.`,
      evidence: evidence(
        ['resource', resource],
        ['source', health.source],
        ['errors', errors],
        ['since', first === undefined ? undefined : timeOf(first.start)],
      ),
    };
  }
  const limit = Math.max(BACKLOG_MS, health.budgetMs);
  const last = sorted.filter(({ metric }) => metric === OLDEST_UNACKED).slice(-IN_A_ROW);
  const newest = last.at(-1);
  if (newest === undefined) return { ...of, state: 'healthy' };
  const over = last.filter(({ value }) => value * 1000 > limit).length;
  if (over < IN_A_ROW)
    return { ...of, state: over === 0 || newest.value * 1000 <= limit ? 'healthy' : 'unknown' };
  return {
    ...of,
    state: 'active',
    summary: `The oldest message of ${resource} has waited for ${Math.round(newest.value)} seconds: records of ${health.source} come late.`,
    evidence: evidence(
      ['resource', resource],
      ['source', health.source],
      ['age', `${Math.round(newest.value)} s`],
      ['limit', `${limit / 1000} s`],
      ['since', timeOf(newest.end - newest.value * 1000)],
    ),
  };
}
