/** Entries of the mix as the pipeline hands them to a store. */
import { parseConfig } from '../../shared/config/parse.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { createPreparer, type PreparedRows, type Preparer } from '../../shared/pipeline/prepare.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { mixEntries } from '../mix/mix.ts';

/** RFC 3339; what the clock of a bench shows. */
export const NOW = '2026-11-20T00:00:00.000000000Z';

export const benchPreparer = (): Preparer =>
  createPreparer({ sources: SOURCES, loaded: parseConfig('', 'bench') });

/** The entries of the mix that make rows, in its order. */
export function* preparedEntries(count: number, seed: number): Generator<PreparedRows, void, undefined> {
  yield* prepareTexts(mixEntries(count, seed, { owned: true }));
}

export function* prepareTexts(texts: Iterable<string>): Generator<PreparedRows, void, undefined> {
  const prepare = textPreparer();
  for (const text of texts) yield* prepare(text);
}

/** LogEntry text → what it makes, where that is rows. */
export function textPreparer(): (text: string) => readonly PreparedRows[] {
  const preparer = benchPreparer();
  const context = { ordinalOf: ordinals(), adopt: () => undefined };
  return (text) =>
    decodeEntry(Buffer.from(text), context)
      .map((decoded) => preparer.prepare(decoded, NOW))
      .filter((prepared) => prepared.kind === 'rows');
}
