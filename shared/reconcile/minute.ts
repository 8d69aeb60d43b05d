/**
 * What reconcile does each minute: looks at the paths, judges what is due by their watermarks, tells of paths that are blind with
 * the count of what they hold back, ends incidents that are over, and looks after its own configuration.
 */
import type { Bundle } from '../config/bundle.ts';
import { judgeHealth, remember } from '../corroboration/health/judge.ts';
import type { PathHealth } from '../corroboration/health/status.ts';
import type { PathState } from '../corroboration/health/state.ts';
import { inGap, watermarkOf } from '../corroboration/health/watermarks.ts';
import { ENGINE, episodeId, transitionId } from '../alerts/episode.ts';
import { findingRow } from '../alerts/finding-row.ts';
import { DAY_MS, later } from '../alerts/times.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import type { Finding } from '../detections/finding.ts';
import { READY, shardOf } from '../store/work.ts';
import { withGrace } from './grace.ts';
import type { ReadEvents } from './load-facts.ts';
import { lookAtPaths, pathRows, type LookOptions } from './path-health.ts';
import { createReconciler, type ReconcilerOptions, type Tick } from './reconciler.ts';
import { sweepRetracted } from './retract.ts';

export interface MinuteOptions extends ReconcilerOptions, Pick<LookOptions, 'canaryKeys' | 'arrivals'> {
  /** What is found in what Jobtrail goes by (shared/corroboration/own-config.ts); absent: nobody looks. */
  readonly ownFindings?: ((bundle: Bundle, now: string) => Promise<readonly Finding[]>) | undefined;
}

export interface Minute extends Tick {
  readonly healths: readonly PathHealth[];
  /** Records that wait beyond their time, by the path they wait for. */
  readonly held: ReadonlyMap<string, number>;
}

/** Counted no further for an alert. */
const MOST_HELD = 100_000;
const HEALTH_DAYS = 400;
/** Minutes of the hour in which the slower looks are taken. */
const SWEEP_EVERY = 15;
const OWN_EVERY = 5;

export function createMinute(options: MinuteOptions): { readonly run: (until?: string) => Promise<Minute> } {
  const { store, rules, bundleAt, now, publish } = options;
  const swept = new Set(rules.map(({ id }) => id));
  const read = new Map<string, readonly TrailEvent[]>();
  const parsed = new Map<string, PathState>();
  const events: ReadEvents = new Map();
  let first = true;

  async function run(until?: string): Promise<Minute> {
    const at = now();
    await options.ready?.(at);
    const bundle = bundleAt(at);
    const look = await lookAtPaths({
      store,
      declared: bundle.facts,
      metricProjects: bundle.config.observe.metrics,
      canaryKeys: options.canaryKeys,
      now: at,
      read,
      parsed,
      ...(options.arrivals === undefined ? undefined : { arrivals: options.arrivals }),
    });
    const { healths, metrics } = look;
    const watermarks = withGrace(watermarkOf(healths), bundle.facts);
    const reconciler = createReconciler({
      ...options,
      read: events,
      lost: (path, from, till) => inGap(healths, path, from, till),
    });
    const tick = await reconciler.tick(watermarks, until);
    const held = await heldBy(at);
    const judged = judgeHealth({
      states: look.states,
      healths,
      metrics,
      declared: bundle.facts.corroboration,
      heldBy: held,
      bundle: bundle.digest,
      now: at,
    });
    const own = isTurn(at, OWN_EVERY) ? ((await options.ownFindings?.(bundle, at)) ?? []) : [];
    const told = await tell([...judged.findings, ...own], at);
    await end(judged.healthy, at);
    await store.work.putPaths(pathRows(remember(look.states, healths, judged, at), healths, at, parsed));
    const more = isTurn(at, SWEEP_EVERY) ? await sweepRetracted(store, swept, at) : 0;
    first = false;
    return { ...tick, findings: [...tick.findings, ...told], resolved: tick.resolved + more, healths, held };
  }

  const isTurn = (at: string, every: number): boolean => first || Number(at.slice(14, 16)) % every === 0;

  /** Of what waits, what would be decided by now if its path were there. */
  async function heldBy(at: string): Promise<ReadonlyMap<string, number>> {
    const held = new Map<string, number>();
    for (const queue of await store.work.queues()) {
      if (queue !== READY) held.set(queue, await store.work.countDue(queue, at, MOST_HELD));
    }
    return held;
  }

  async function tell(findings: readonly Finding[], at: string): Promise<readonly string[]> {
    if (findings.length === 0) return [];
    const rows = findings.map((finding) =>
      findingRow(finding, {
        shard: shardOf(finding.id),
        variant: '',
        storedAt: at,
        expireAt: later(at, HEALTH_DAYS * DAY_MS),
      }),
    );
    const made = await store.work.settle({ verdicts: [], findings: rows, done: [], open: [] });
    if (made.length > 0) await publish?.(made);
    return made;
  }

  /** Incidents that are over. */
  async function end(
    healthy: readonly { readonly rule: string; readonly key: string }[],
    at: string,
  ): Promise<void> {
    if (healthy.length === 0) return;
    const ids = healthy.map(({ rule, key }) => episodeId(rule, key));
    const open = await store.alerts.episodes({
      ids,
      states: ['open', 'acknowledged'],
      limit: ids.length + 1,
    });
    for (const episode of open) {
      await store.alerts.transition({
        id: transitionId(episode, 'resolve', `well again since ${episode.changes}`),
        episode: { id: episode.id, n: episode.n },
        change: 'resolve',
        at,
        by: ENGINE,
        because: 'the path is well again',
      });
    }
  }

  return { run };
}
