/**
 * Six hops upstream of a dataset, in a store and in one with ten times the edges: ten times the pipelines, and ten times
 * the jobs that read the datasets asked for. The answer must be the same, and so should be the time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { walkLineage, type Lineage } from '../shared/lineage/walk.ts';
import type { PreparedRows } from '../shared/pipeline/prepare.ts';
import { openStore } from '../shared/store/open.ts';
import type { Store } from '../shared/store/store.ts';
import { inTurns, round, type Bench, type BenchResult } from './harness.ts';
import { specOf, withSpannerEmulator } from './support/emulator.ts';
import { flowEntries, LEVELS, topOf } from './support/flows.ts';
import { NOW, prepareTexts } from './support/prepared.ts';

const TIMES_MORE = 10;
/** Pipelines of the smaller store whose tops are asked for, one after the other, in each measurement. */
const ASKED = 5;
/** The emulator takes ten milliseconds for a read and longer for a commit, the embedded store microseconds. */
const SQLITE = { pipelines: 150, warmup: 50, rounds: 101 } as const;
const EMULATOR = { pipelines: 20, warmup: 2, rounds: 9 } as const;
/** Entries of one commit. */
const BATCH = 200;

export const lineage: Bench = {
  name: 'lineage',
  about: 'six hops upstream, at ten times the edges',
  async run() {
    const emulated = await withSpannerEmulator('lineage, spanner', async (emulator) => {
      const fresh = async (): Promise<Store> =>
        openStore(specOf(await emulator.freshDatabase()), { emulatorHost: emulator.host });
      return [await compare('lineage, spanner', EMULATOR, await fresh(), await fresh())];
    });
    return [await embedded(), ...emulated];
  },
};

async function embedded(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'jobtrail-bench-'));
  const file = (name: string): Promise<Store> => openStore(`sqlite:${join(folder, name)}`);
  try {
    return await compare('lineage, sqlite', SQLITE, await file('few.db'), await file('many.db'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Fills both stores, measures, and closes them. */
async function compare(
  name: string,
  {
    pipelines,
    warmup,
    rounds,
  }: { readonly pipelines: number; readonly warmup: number; readonly rounds: number },
  few: Store,
  many: Store,
): Promise<BenchResult> {
  try {
    const edges = { few: await fill(few, pipelines, 1), many: await fill(many, pipelines, TIMES_MORE) };
    const steps = checked(await answers(few), await answers(many));
    const result = await inTurns(
      { warmup, rounds },
      () => answers(few),
      () => answers(many),
    );
    return {
      name,
      ratio: round(result.ratio),
      budget: 1.3,
      kind: 'at-most',
      detail: {
        edges: `${edges.few} and ${edges.many}`,
        'ms/walk': `${round(result.floor / ASKED)} and ${round(result.subject / ASKED)}`,
        steps,
      },
    };
  } finally {
    await few.close();
    await many.close();
  }
}

async function answers(store: Store): Promise<readonly Lineage[]> {
  const found: Lineage[] = [];
  for (let i = 0; i < ASKED; i += 1)
    found.push(await walkLineage(store, topOf(i), 'upstream', { hops: LEVELS }));
  return found;
}

/** Steps of one answer, all answers being equal and as deep as asked for. */
function checked(few: readonly Lineage[], many: readonly Lineage[]): number {
  if (!isDeepStrictEqual(few, many)) throw new Error('the answers of the two stores differ');
  const [first] = few;
  if (first?.steps.at(-1)?.hop !== LEVELS) throw new Error(`no answer reaches ${LEVELS} hops`);
  return first.steps.length;
}

/** Edges stored. */
async function fill(store: Store, pipelines: number, times: number): Promise<number> {
  let edges = 0;
  let batch: PreparedRows[] = [];
  const flush = async (): Promise<void> => {
    const entries = batch.map((item) => item.entry);
    batch = [];
    await store.commit({
      source: 'dataproc',
      path: 'replay',
      entries,
      filteredBy: {},
      unknownMethods: {},
      now: NOW,
    });
  };
  const read = { pipelines: ASKED, readers: times };
  for (const item of prepareTexts(flowEntries({ pipelines: pipelines * times, read }))) {
    edges += item.entry.rows.filter(({ table }) => table === 'Edges').length;
    batch.push(item);
    if (batch.length === BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  return edges;
}
