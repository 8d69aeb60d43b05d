/**
 * Rows a second through the group commit into the Spanner emulator, against raw batched inserts of the very same rows
 * in the very same batches. A function has one source, so each commit is of one source. Where a share of the entries is
 * stored already, the floor is given the new rows alone, since it could not insert the others: the ratio is of rows
 * dealt with a second, and `new rows alone` tells the stricter one, which takes finding duplicates for no work.
 */
import { createGroupCommitter } from '../shared/pipeline/group-commit.ts';
import type { PreparedRows } from '../shared/pipeline/prepare.ts';
import { openSpannerStore } from '../shared/store/spanner/store.ts';
import type { Store, TableRow } from '../shared/store/store.ts';
import { median, round, timed, type Bench, type BenchResult } from './harness.ts';
import { withSpannerEmulator, type SpannerEmulator } from './support/emulator.ts';
import { benchPreparer, NOW, preparedEntries } from './support/prepared.ts';
import { openRawInserts } from './support/raw-spanner.ts';

const ENTRIES = 4000;
const ROUNDS = 5;
/** Rows of one commit, for both sides. */
const BATCH_ROWS = 300;
/** Requests under way: as many again as a commit holds, so that the next batch gathers meanwhile. */
const REQUESTS = 2 * BATCH_ROWS;
/** One entry in so many is stored before the clock starts. */
const CASES = [
  { name: 'spanner', every: Number.POSITIVE_INFINITY },
  { name: 'spanner, 1 % duplicates', every: 100 },
  { name: 'spanner, 50 % duplicates', every: 2 },
] as const;

export const spanner: Bench = {
  name: 'spanner',
  about: 'group commit into the Spanner emulator, rows/s',
  run: () => withSpannerEmulator('spanner', measure),
};

async function measure(emulator: SpannerEmulator): Promise<readonly BenchResult[]> {
  const bySource = [...Map.groupBy(preparedEntries(ENTRIES, 3), (item) => item.source).values()];
  const cases = CASES.map((what) => ({ ...what, floors: [] as number[], times: [] as number[] }));
  for (let turn = 0; turn <= ROUNDS; turn += 1) {
    for (const { every, floors, times } of cases) {
      const floor = await rawTime(emulator, bySource, every);
      const time = await groupCommitTime(emulator, bySource, every);
      // The first turn warms both sides up.
      if (turn === 0) continue;
      floors.push(floor);
      times.push(time);
    }
  }
  const all = rowsOf(bySource.flat()).length;
  return cases.map(({ name, every, floors, times }) => {
    const stored = all - rowsOf(bySource.flatMap((items) => storedBefore(items, every))).length;
    const [floor, time] = [median(floors), median(times)];
    return {
      name,
      ratio: round(all / time / (stored / floor)),
      budget: 0.7,
      kind: 'at-least',
      detail: {
        'raw rows/s': round((stored / floor) * 1000, 0),
        'rows/s': round((all / time) * 1000, 0),
        'new rows alone': round(floor / time),
      },
    };
  });
}

const rowsOf = (items: readonly PreparedRows[]): readonly TableRow[] =>
  items.flatMap((item) => item.entry.rows);

const storedBefore = (items: readonly PreparedRows[], every: number): readonly PreparedRows[] =>
  items.filter((_, i) => i % every === every - 1);

/** As the group commit cuts them: whole entries, up to so many rows. */
function batchesOf(items: readonly PreparedRows[]): readonly (readonly PreparedRows[])[] {
  const batches: PreparedRows[][] = [];
  let rows = Number.POSITIVE_INFINITY;
  for (const item of items) {
    rows += item.entry.rows.length;
    if (rows > BATCH_ROWS) {
      batches.push([]);
      rows = item.entry.rows.length;
    }
    batches.at(-1)?.push(item);
  }
  return batches;
}

async function rawTime(
  emulator: SpannerEmulator,
  bySource: readonly PreparedRows[][],
  every: number,
): Promise<number> {
  const before = new Set(bySource.flatMap((items) => storedBefore(items, every)));
  const batches = bySource.flatMap(batchesOf);
  const raw = await openRawInserts(await emulator.freshDatabase(), emulator.host);
  try {
    await raw.insert(batchesOf([...before]).map(rowsOf));
    return await raw.insert(batches.map((batch) => rowsOf(batch.filter((item) => !before.has(item)))));
  } finally {
    await raw.close();
  }
}

async function groupCommitTime(
  emulator: SpannerEmulator,
  bySource: readonly PreparedRows[][],
  every: number,
): Promise<number> {
  const store = await openSpannerStore(await emulator.freshDatabase(), emulator.host);
  try {
    await store.query('SELECT 1 AS One', {});
    for (const items of bySource) {
      for (const batch of batchesOf(storedBefore(items, every))) await storeAll(store, batch);
    }
    let duplicates = 0;
    const ms = await timed(async () => {
      for (const items of bySource) duplicates += await submitAll(store, items);
    });
    const expected = bySource.flatMap((items) => storedBefore(items, every)).length;
    if (duplicates !== expected) throw new Error(`${duplicates} duplicates were found, not ${expected}`);
    return ms;
  } finally {
    await store.close();
  }
}

async function storeAll(store: Store, batch: readonly PreparedRows[]): Promise<void> {
  const entries = batch.map((item) => item.entry);
  const source = batch[0]?.source ?? 'none';
  await store.commit({ source, path: 'push', entries, filteredBy: {}, unknownMethods: {}, now: NOW });
}

/** Each request brings one entry and its client sends the next one when it is answered. Counts the duplicates. */
async function submitAll(store: Store, items: readonly PreparedRows[]): Promise<number> {
  const committer = createGroupCommitter(
    { store, preparer: benchPreparer(), path: 'push', now: () => NOW },
    {
      maxRows: BATCH_ROWS,
      maxBytes: Number.POSITIVE_INFINITY,
      maxWaitMs: 20,
      maxQueuedRows: Number.POSITIVE_INFINITY,
      maxConcurrent: 1,
    },
  );
  let next = 0;
  let duplicates = 0;
  const client = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      const [fate] = await committer.submit([item], item.decoded.kind === 'entry' ? item.decoded.bytes : 0);
      if (fate === 'duplicate') duplicates += 1;
    }
  };
  await Promise.all(Array.from({ length: REQUESTS }, client));
  return duplicates;
}
