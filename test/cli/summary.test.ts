/** What `replay` says of a run. */
import { describe, expect, it } from 'vitest';
import { summaryText } from '../../cli/run/summary.ts';
import { EMPTY_CONFIG } from '../../shared/config/parse.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { replayEntries } from '../../shared/pipeline/replay.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { openStore } from '../../shared/store/open.ts';

async function said(...entries: readonly object[]): Promise<string> {
  const store = await openStore('sqlite::memory:');
  const context = { ordinalOf: ordinals() };
  const decoded = entries.flatMap((entry) => decodeEntry(Buffer.from(JSON.stringify(entry)), context));
  const summary = await replayEntries(decoded, {
    store,
    preparer: createPreparer({ sources: SOURCES, loaded: EMPTY_CONFIG }),
    path: 'replay',
    now: () => '2026-06-01T00:00:00.000000000Z',
  });
  await store.close();
  return summaryText(summary, undefined, 1);
}

const UNDATED = {
  protoPayload: {
    serviceName: 'pubsub.googleapis.com',
    methodName: 'google.pubsub.v1.Publisher.CreateTopic',
  },
};
const DATED = { ...UNDATED, timestamp: '2026-01-01T00:00:00Z' };

describe('the summary of a replay', () => {
  it('says in words how many entries nothing dates', async () => {
    expect(await said(UNDATED, DATED, UNDATED)).toContain(
      '\n2 of the stored say nowhere when they happened: they are dated 1970-01-01 and marked eventTimeFrom: none\n',
    );
  });

  it('says nothing of them where there are none', async () => {
    expect(await said(DATED)).not.toContain('when they happened');
  });
});
