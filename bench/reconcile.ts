/**
 * A round of reconcile over the same open work, in a store and in one with ten times the history; and how fast 100,000 open
 * expectations are decided when the path that they waited for is back.
 */
import { stringify } from 'yaml';
import { parseBundle, type Bundle } from '../shared/config/bundle.ts';
import { RULES } from '../shared/corroboration/rules/index.ts';
import { DETECTIONS } from '../shared/detections/index.ts';
import { decodeEntry } from '../shared/envelope/entry.ts';
import { ordinals } from '../shared/envelope/event-id.ts';
import { SILENT } from '../shared/observe/log.ts';
import { commitPrepared } from '../shared/pipeline/commit.ts';
import { createPreparer } from '../shared/pipeline/prepare.ts';
import { createReconciler, type Tick } from '../shared/reconcile/reconciler.ts';
import { SOURCES } from '../shared/sources/index.ts';
import { openStore } from '../shared/store/open.ts';
import type { Store } from '../shared/store/store.ts';
import { timestampOf } from '../shared/store/timestamp.ts';
import { median, round, type Bench, type BenchResult, type Told } from './harness.ts';
import { startEntries, STARTS_CONFIG } from './support/job-starts.ts';

const BEGIN = Date.parse('2026-03-02T00:00:00Z');
/** Jobs of the shorter history; the longer has ten times as many, over ten times the time. */
const HISTORY = 2_000;
const OPEN = 500;
const ROUNDS = 9;
const WARM_UP = 2;
const WAITING = 100_000;
const EVERY_MS = 5_000;
/** Apart: an outage of a few hours at seven starts a second. */
const WAITING_MS = 150;
const COMMIT = 400;

export const reconcile: Bench = {
  name: 'reconcile',
  about: 'a round over the same open work, at ten times the history',
  async run() {
    const bundle = parseBundle({
      config: { name: 'jobtrail.yaml', text: stringify(STARTS_CONFIG) },
      policies: [],
      rules: [],
    });
    return [await history(bundle), await recovery(bundle)];
  },
};

async function history(bundle: Bundle): Promise<BenchResult> {
  const few = await trailOf(bundle);
  const many = await trailOf(bundle);
  await few.fill(HISTORY, BEGIN, 'h');
  await many.fill(HISTORY * 10, BEGIN, 'h');
  await few.tick();
  await many.tick();
  // Both stores get the same new work at the same time, after the longer history.
  const after = BEGIN + HISTORY * 10 * EVERY_MS;
  const times: { readonly few: number; readonly many: number }[] = [];
  let taken = 0;
  for (let turn = 0; turn < ROUNDS + WARM_UP; turn += 1) {
    const at = after + turn * OPEN * EVERY_MS;
    await few.fill(OPEN, at, `t${turn}`);
    await many.fill(OPEN, at, `t${turn}`);
    const a = await few.timed();
    const b = await many.timed();
    // In the first rounds the shorter history meets its identities for the first time on this day.
    if (turn < WARM_UP) continue;
    if (a.tick.taken !== b.tick.taken || a.tick.verdicts !== b.tick.verdicts)
      throw new Error('the rounds of the two stores differ');
    taken = a.tick.taken;
    times.push({ few: a.ms, many: b.ms });
  }
  await few.store.close();
  await many.store.close();
  const [floor, subject] = [median(times.map((one) => one.few)), median(times.map((one) => one.many))];
  return {
    name: 'reconcile, sqlite',
    ratio: round(subject / floor),
    budget: 1.2,
    kind: 'at-most',
    detail: {
      jobs: `${HISTORY} and ${HISTORY * 10}`,
      'records/round': taken,
      'ms/round': `${round(floor)} and ${round(subject)}`,
    },
  };
}

/** The path is back after it was away: everything that waited for it is decided. */
async function recovery(bundle: Bundle): Promise<Told> {
  const trail = await trailOf(bundle);
  for (let done = 0; done < WAITING; done += 10_000)
    await trail.fill(10_000, BEGIN + done * WAITING_MS, `w${done}`, { everyMs: WAITING_MS, gateway: false });
  const held = await trail.timed(() => undefined);
  const decided = await trail.timed();
  await trail.store.close();
  return {
    name: 'reconcile, 100,000 waiting',
    ratio: round(decided.ms / held.ms),
    detail: {
      'entries/s held': Math.round((held.tick.taken / held.ms) * 1000),
      'entries/s decided': Math.round((decided.tick.taken / decided.ms) * 1000),
      verdicts: decided.tick.verdicts,
      findings: decided.tick.findings.length,
    },
  };
}

interface Trail {
  readonly store: Store;
  fill(
    jobs: number,
    from: number,
    name: string,
    over?: { readonly everyMs?: number; readonly gateway?: boolean },
  ): Promise<void>;
  tick(): Promise<Tick>;
  timed(watermarkOf?: () => string | undefined): Promise<{ readonly ms: number; readonly tick: Tick }>;
}

const FOR_EVER = '9999-12-31T23:59:59.999999999Z';

async function trailOf(bundle: Bundle): Promise<Trail> {
  const store = await openStore('sqlite::memory:');
  const preparer = createPreparer({ sources: SOURCES, loaded: bundle, detections: DETECTIONS });
  let now = BEGIN;
  const clock = (): string => timestampOf(new Date(now));
  const reconciler = createReconciler({
    store,
    rules: RULES,
    bundleAt: () => bundle,
    now: clock,
    logger: SILENT,
  });
  const context = { store, preparer, path: 'push', now: clock };
  return {
    store,
    async fill(jobs, from, name, { everyMs = EVERY_MS, gateway = true } = {}) {
      for (let done = 0; done < jobs; done += COMMIT) {
        const size = Math.min(COMMIT, jobs - done);
        const entries = Array.from({ length: size }, (_, i) =>
          startEntries({
            name: `${name}-${done + i}`,
            at: from + (done + i) * everyMs,
            caller: done + i,
            gateway,
          }),
        ).flat();
        const prepared = entries
          .flatMap((entry) => decodeEntry(Buffer.from(JSON.stringify(entry)), { ordinalOf: ordinals() }))
          .map((decoded) => preparer.prepare(decoded, clock()));
        now = Math.max(now, from + (done + size) * everyMs + 60_000);
        await commitPrepared(context, prepared);
      }
    },
    tick: () => reconciler.tick(() => FOR_EVER),
    async timed(watermarkOf = () => FOR_EVER) {
      const began = performance.now();
      const tick = await reconciler.tick(watermarkOf);
      return { ms: performance.now() - began, tick };
    },
  };
}
