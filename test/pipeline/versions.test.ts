/** What was stored is a duplicate, whatever version of the configuration or of a normaliser reads it the next time. */
import { describe, expect, it } from 'vitest';
import { companyConfig } from '../../cli/day/config.ts';
import { generateDay } from '../../cli/day/day.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { replayEntries, type ReplaySummary } from '../../shared/pipeline/replay.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { Source } from '../../shared/sources/source.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';

/** Log entries: records of other forms are told apart by their bytes. */
const texts = generateDay({ date: '2026-11-18', seed: 7 })
  .filter(({ category, data }) => category === 'ordinary' && data.includes('"logName":"projects/'))
  .map((message) => message.data);

function replay(
  store: Store,
  lines: readonly string[],
  config: string,
  sources = SOURCES,
): Promise<ReplaySummary> {
  const context = { ordinalOf: ordinals() };
  return replayEntries(
    lines.flatMap((line) => decodeEntry(Buffer.from(line), context)),
    {
      store,
      preparer: createPreparer({ sources, loaded: parseConfig(config, 'test') }),
      path: 'replay',
      now: () => '2026-11-20T00:00:00.000000000Z',
    },
  );
}

const expectKnown = (summary: ReplaySummary): void => {
  expect(summary).toMatchObject({ stored: 0, conflicting: 0, quarantined: 0 });
  expect(summary.duplicate).toBeGreaterThan(500);
};

describe('read again', () => {
  it('under a configuration with other bindings, agents and environments', async () => {
    const store = await openStore('sqlite::memory:');
    await replay(store, texts, '');
    expectKnown(await replay(store, texts, JSON.stringify(companyConfig)));
    await store.close();
  });

  it('by another version of the normalisers, which records other columns', async () => {
    const store = await openStore('sqlite::memory:');
    await replay(store, texts, '');
    const next = SOURCES.map((source): Source => ({
      ...source,
      version: source.version + 1,
      normalise(entry) {
        const result = source.normalise(entry);
        if (result.kind !== 'event') return result;
        return { ...result, event: { ...result.event, claims: { ...result.event.claims, added: true } } };
      },
    }));
    expectKnown(await replay(store, texts, '', next));
    const rewritten = texts.map((text) =>
      JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as object).toReversed())),
    );
    expectKnown(await replay(store, rewritten, '', next));
    await store.close();
  });
});
