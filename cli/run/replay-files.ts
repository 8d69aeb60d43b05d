/** Exported files into a store, with progress: what `replay` and `start FILE…` have in common. */
import type { Row } from '../../schemas/tables.ts';
import { createKeyFetcher } from '../../shared/attest/fetched-keys.ts';
import type { Bundle } from '../../shared/config/bundle.ts';
import { writeTexts } from '../../shared/config/bundle-texts.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import { replayEntries, type ReplaySummary } from '../../shared/pipeline/replay.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { reconcileToEnd, type AtEnd } from '../../shared/reconcile/to-end.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { Store } from '../../shared/store/store.ts';
import type { Terminal } from '../main.ts';
import { createProgress } from '../progress.ts';
import { now } from './clock.ts';
import { readFiles } from './read.ts';
import { openFrom, type OpenedStore } from './store.ts';
import { progressOn } from './terminal.ts';

export interface FilesReplay {
  readonly files: readonly string[];
  readonly store: string;
  readonly loaded: Bundle;
  /** Makes what takes each stored event; asked once files and store are open. */
  readonly openEvents?: (() => (row: Row) => Promise<void>) | undefined;
}

export interface Replayed {
  readonly opened: OpenedStore;
  readonly summary: ReplaySummary;
  /** What the rules over several records say as of the files' end. */
  readonly atEnd: AtEnd | undefined;
  readonly seconds: number;
}

/**
 * @param done is told while the store is still open; its result is the result
 * @throws JobtrailError when a file cannot be read or the store cannot be opened.
 */
export async function replayFiles<T>(
  { files, store, loaded, openEvents }: FilesReplay,
  terminal: Terminal,
  done: (replayed: Replayed) => Promise<T>,
): Promise<T> {
  const reading = readFiles(files, process.stdin);
  const preparer = createPreparer({
    sources: SOURCES,
    loaded,
    detections: DETECTIONS,
    fetchKeys: createKeyFetcher({ now: Date.now }),
  });
  const opened = await openFrom(store, 'write', terminal);
  // What rows cite by its digest can be read where they are.
  await opened.store.bundles.keep({ digest: loaded.digest, texts: writeTexts(loaded.texts) }, now());
  const began = performance.now();
  const progress = createProgress({
    label: 'replay',
    total: reading.bytesTotal,
    unit: 'bytes',
    terminal: progressOn(terminal),
  });
  try {
    const summary = await replayEntries(reading.entries, {
      store: opened.store,
      preparer,
      path: 'replay',
      now,
      ...(openEvents === undefined ? undefined : { onEvent: openEvents() }),
      onBatch: (sofar) => progress.update(reading.bytesRead(), `${sofar.received} entries`),
    });
    progress.done();
    const atEnd = await judgeToEnd(opened.store, loaded, summary, terminal);
    return await done({ opened, summary, atEnd, seconds: (performance.now() - began) / 1000 });
  } finally {
    progress.done();
    await opened.close();
  }
}

/** Undefined where no record tells a time. */
async function judgeToEnd(
  store: Store,
  bundle: Bundle,
  { end }: ReplaySummary,
  terminal: Terminal,
): Promise<AtEnd | undefined> {
  if (end === undefined) return undefined;
  // What an earlier replay into the same store brought is there as well.
  const { rows } = await store.query(RECEIVED, {});
  return reconcileToEnd({
    store,
    rules: RULES,
    bundle,
    sources: new Set(rows.map((row) => String(row['Source']))),
    end,
    now,
    logger: createLogger((line) => terminal.err(`${line}\n`), { command: 'replay' }),
  });
}

const RECEIVED = 'SELECT DISTINCT Source FROM Receipts WHERE Stored + Duplicate > 0';
