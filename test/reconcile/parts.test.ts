/** Records of a dense hour hang together by the thousands: what is said of them goes into commits of a size that Spanner takes. */
import { expect, test } from 'vitest';
import { startEntries } from '../../bench/support/job-starts.ts';
import type { Row } from '../../schemas/tables.ts';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import { SILENT } from '../../shared/observe/log.ts';
import { createReconciler, type Tick } from '../../shared/reconcile/reconciler.ts';
import { openSqliteStore } from '../../shared/store/sqlite/store.ts';
import type { Store } from '../../shared/store/store.ts';
import type { SettleBatch } from '../../shared/store/work.ts';
import { feed } from './feed.ts';
import { startsBundle } from './one-round.ts';

const BEGIN = Date.parse('2026-03-02T08:00:00Z');
const STARTS = 1_300;
const END = '2026-03-02T09:00:00.000000000Z';
/** Of the 80,000 cells that a commit of Spanner may have, with those of indexes; the rest is for rows that grow. */
const MOST_CELLS = 60_000;

/** Starts around the gateway, four a second. */
const entries = Array.from({ length: STARTS }, (_, i) =>
  startEntries({ name: `d${i}`, at: BEGIN + i * 250, caller: i, gateway: false }),
).flat();

async function dense(): Promise<Store> {
  const store = openSqliteStore(':memory:');
  await feed(
    store,
    startsBundle(),
    entries.map((entry) => ({ ...entry })),
    END,
  );
  return store;
}

function roundOf(store: Store): Promise<Tick> {
  const bundle = startsBundle();
  const options = { store, rules: RULES, bundleAt: () => bundle, now: () => END, logger: SILENT };
  return createReconciler(options).tick(() => END);
}

function watched(store: Store, onSettle: (batch: SettleBatch) => void): Store {
  const work: Store['work'] = {
    ...store.work,
    settle(batch) {
      onSettle(batch);
      return store.work.settle(batch);
    },
  };
  return { ...store, work };
}

async function rows(store: Store, table: 'Verdicts' | 'Findings' | 'OpenWork'): Promise<readonly Row[]> {
  const found: Row[] = [];
  for await (const row of store.scan(table)) found.push(row);
  return found;
}

const idsOf = async (store: Store): Promise<readonly string[]> =>
  (await rows(store, 'Verdicts')).map((row) => String(row['VerdictId'])).toSorted();

test('no commit holds more than Spanner takes, and the queue is emptied after the last', async () => {
  const store = await dense();
  const commits: SettleBatch[] = [];
  const { findings } = await roundOf(watched(store, (batch) => commits.push(batch)));
  expect(findings).toHaveLength(STARTS);
  expect(await rows(store, 'Findings')).toHaveLength(STARTS);
  const cells = commits.map(({ verdicts, findings: found, done, open }) =>
    [...verdicts, ...found].reduce(
      (sum, row) => sum + Object.keys(row).length + 4,
      done.length + open.length * 8,
    ),
  );
  expect(Math.max(...cells)).toBeLessThan(MOST_CELLS);
  const closing = commits.map(({ done }) => done.length > 0);
  expect(closing.indexOf(true)).toBe(closing.length - 1);
  await store.close();
});

test('a round that ends between two commits is made up for by the next', async () => {
  const [left, cut] = [await dense(), await dense()];
  await roundOf(left);
  let commits = 0;
  const failing = watched(cut, () => {
    commits += 1;
    if (commits === 2) throw new Error('gone');
  });
  await expect(roundOf(failing)).rejects.toThrow('gone');
  const said = (await idsOf(cut)).length;
  expect(said).toBeGreaterThan(0);
  expect(said).toBeLessThan(STARTS);
  expect(await rows(cut, 'OpenWork')).not.toHaveLength(0);
  await roundOf(cut);
  expect(await idsOf(cut)).toEqual(await idsOf(left));
  expect(await rows(cut, 'OpenWork')).toHaveLength((await rows(left, 'OpenWork')).length);
  await left.close();
  await cut.close();
});
