/** Entries of the mix as the pipeline hands them to a store. */
import { parseConfig } from '../../shared/config/parse.ts';
import { decodeEntry, type EntryContext } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { createPreparer, type PreparedRows, type Preparer } from '../../shared/pipeline/prepare.ts';
import { adoptBy } from '../../shared/sources/adopt.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { Source } from '../../shared/sources/source.ts';
import { mixEntries } from '../mix/mix.ts';

/** RFC 3339; what the clock of a bench shows. */
export const NOW = '2026-11-20T00:00:00.000000000Z';

export const benchPreparer = (sources: readonly Source[] = SOURCES): Preparer =>
  createPreparer({ sources, loaded: parseConfig('', 'bench') });

/** The first source that knows a record adopts it. */
export const benchContext = (sources: readonly Source[] = SOURCES): EntryContext => ({
  ordinalOf: ordinals(),
  adopt: adoptBy(sources),
});

/** The entries of the mix that make rows, in its order. */
export function* preparedEntries(count: number, seed: number): Generator<PreparedRows, void, undefined> {
  yield* prepareTexts(mixEntries(count, seed));
}

export function* prepareTexts(texts: Iterable<string>): Generator<PreparedRows, void, undefined> {
  const prepare = textPreparer();
  for (const text of texts) yield* prepare(text);
}

/** LogEntry text → what it makes, where that is rows. */
export function textPreparer(): (text: string) => readonly PreparedRows[] {
  const preparer = benchPreparer();
  const context = benchContext();
  return (text) =>
    decodeEntry(Buffer.from(text), context)
      .map((decoded) => preparer.prepare(decoded, NOW))
      .filter((prepared) => prepared.kind === 'rows');
}
