/**
 * Reconcilers as processes of their own on the Spanner emulator, two at once, killed with SIGKILL at drawn moments while entries
 * go on coming, and others take over. The last verdicts, findings and alerts are those of one that was left alone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startEntries } from '../../bench/support/job-starts.ts';
import { Random } from '../../cli/day/random.ts';
import type { Channel } from '../../shared/alerts/notice.ts';
import { sweepOnce } from '../../shared/alerts/sweep.ts';
import { later } from '../../shared/alerts/times.ts';
import { latestVerdicts } from '../../shared/reconcile/verdict-rows.ts';
import { openStore } from '../../shared/store/open.ts';
import { openSqliteStore } from '../../shared/store/sqlite/store.ts';
import type { Store } from '../../shared/store/store.ts';
import { timestampOf } from '../../shared/store/timestamp.ts';
import { endAbandoned } from '../support/abandoned.ts';
import { describeWithEmulators, freshSpannerDatabase } from '../support/emulators.ts';
import { feed } from './feed.ts';
import { roundOf, startsBundle, type Round } from './one-round.ts';

const WORKER = new URL('kill-worker.ts', import.meta.url).pathname;
const BEGIN = Date.parse('2026-03-02T08:00:00Z');
const HOUR = 3_600_000;
const PARTS = 3;
const JOBS = 12;

interface Part {
  readonly entries: readonly object[];
  readonly now: string;
  readonly watermark: string;
}

/** Jobs through the gateway, some around it; the gateway's record of one in each part comes with the next. */
function parts(): readonly Part[] {
  const late: object[] = [];
  return Array.from({ length: PARTS }, (_, part) => {
    const begin = BEGIN + part * HOUR;
    const entries = Array.from({ length: JOBS }, (_none, job) => ({
      job,
      made: startEntries({
        name: `p${part}j${job}`,
        at: begin + job * 60_000,
        caller: job,
        gateway: job % 4 !== 3,
      }),
    }));
    const now = entries.flatMap(({ job, made }) => (job === 1 ? made.slice(1) : made));
    const came = late.splice(0);
    late.push(...entries.flatMap(({ job, made }) => (job === 1 ? made.slice(0, 1) : [])));
    const end = timestampOf(new Date(begin + HOUR));
    return { entries: [...came, ...now], now: end, watermark: end };
  });
}

interface Ended {
  readonly verdicts: readonly string[];
  readonly episodes: readonly string[];
  /** Messages of each episode and change, as a channel was sent them. */
  readonly sent: readonly string[];
}

async function endOf(store: Store): Promise<Ended> {
  const rows = [];
  for await (const row of store.scan('Verdicts')) rows.push(row);
  const sent: string[] = [];
  const channel: Channel = {
    name: 'told',
    kind: 'log',
    send: (notice) => {
      sent.push(`${notice.key} ${notice.change}`);
      return Promise.resolve({ kind: 'sent', ref: undefined });
    },
  };
  const bundle = startsBundle();
  const config = {
    ...bundle.config,
    channels: { told: { kind: 'log' as const } },
    routes: [{ channels: ['told'], continue: false }],
  };
  let now = timestampOf(new Date(BEGIN + 24 * HOUR));
  await sweepOnce(store.alerts, new Map([['told', channel]]), { ...bundle, config }, () => now);
  now = later(now, HOUR);
  await sweepOnce(store.alerts, new Map([['told', channel]]), { ...bundle, config }, () => now);
  const episodes = await store.alerts.episodes({ limit: 1000 });
  return {
    verdicts: [...latestVerdicts(rows).values()]
      .map((row) => `${String(row['Rule'])} ${String(row['VerdictId'])}`)
      .toSorted(),
    episodes: episodes.map(({ rule, key, state, n }) => `${rule} ${key} ${n} ${state}`).toSorted(),
    sent: sent.toSorted(),
  };
}

/** One reconciler, undisturbed, over the embedded store. */
async function undisturbed(): Promise<Ended> {
  const spec = 'sqlite::memory:';
  const store = openSqliteStore(':memory:');
  try {
    for (const part of parts()) {
      await feed(store, startsBundle(), part.entries as readonly Record<string, unknown>[], part.now);
      await roundOver(store, { store: spec, ...part });
    }
    return await endOf(store);
  } finally {
    await store.close();
  }
}

async function roundOver(store: Store, { now, watermark }: Round): Promise<void> {
  const { createReconciler } = await import('../../shared/reconcile/reconciler.ts');
  const { RULES } = await import('../../shared/corroboration/rules/index.ts');
  const { SILENT } = await import('../../shared/observe/log.ts');
  const bundle = startsBundle();
  const { tick } = createReconciler({
    store,
    rules: RULES,
    bundleAt: () => bundle,
    now: () => now,
    logger: SILENT,
  });
  await tick(() => watermark);
}

describeWithEmulators('reconcile, killed, on Spanner', ['spanner'], (hosts) => {
  test(
    'two at once and kills at drawn moments end as one that was left alone',
    { timeout: 180_000 },
    async () => {
      const emulatorHost = hosts.spanner();
      const spec = await freshSpannerDatabase(emulatorHost);
      const store = await openStore(spec, { emulatorHost });
      const random = new Random(11);
      let kills = 0;
      const run = (round: Round): ChildProcess =>
        spawn(process.execPath, ['--disable-warning=ExperimentalWarning', WORKER, JSON.stringify(round)], {
          stdio: 'ignore',
        });
      try {
        for (const part of parts()) {
          await feed(store, startsBundle(), part.entries as readonly Record<string, unknown>[], part.now);
          const round = { store: spec, emulatorHost, now: part.now, watermark: part.watermark };
          const two = [run(round), run(round)];
          const ended = Promise.all(two.map((child) => once(child, 'exit')));
          await sleep(random.int(900, 2_500));
          const [victim] = two;
          if (victim?.exitCode === null && victim.kill('SIGKILL')) kills += 1;
          await ended;
          await endAbandoned(spec, emulatorHost);
          // Whoever comes next finishes what is left.
          await roundOf(round);
        }
        expect(kills).toBeGreaterThan(0);
        expect(await endOf(store)).toEqual(await undisturbed());
      } finally {
        await store.close();
      }
    },
  );
});
