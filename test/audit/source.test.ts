import { describe, expect, it } from 'vitest';
import { EMPTY_CONFIG } from '../../shared/config/parse.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { replayEntries, type ReplaySummary } from '../../shared/pipeline/replay.ts';
import { iam } from '../../shared/sources/iam/index.ts';
import { kubernetes } from '../../shared/sources/kubernetes/index.ts';
import { logging } from '../../shared/sources/logging/index.ts';
import { platform } from '../../shared/sources/platform/index.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { constructed } from '../support/audit-samples.ts';
import { sampleLines } from '../support/samples.ts';

const sources = [iam, logging, kubernetes, platform];

function replay(store: Store, lines: readonly string[]): Promise<ReplaySummary> {
  const context = { ordinalOf: ordinals() };
  const decoded = lines.flatMap((line) => decodeEntry(Buffer.from(line), context));
  return replayEntries(decoded, {
    store,
    preparer: createPreparer({ sources, loaded: EMPTY_CONFIG }),
    path: 'replay',
    now: () => '2026-06-01T00:00:00.000000000Z',
  });
}

describe('entries of the control plane on their way to the store', () => {
  const lines = sources.flatMap(({ name }) => constructed(name).map((entry) => JSON.stringify(entry)));

  it('are each stored, left out by a rule, or kept with a reason; and once', async () => {
    const store = await openStore('sqlite::memory:');
    const first = await replay(store, lines);
    expect(first.received).toBe(lines.length);
    // The one entry without a method.
    expect(first.quarantinedBy).toEqual(new Map([['payload-shape', 1]]));
    expect(first.stored).toBe(lines.length - 1 - first.filtered);
    expect([...first.filteredBy.keys()].every((rule) => /^(?:kubernetes|logging|platform)-/.test(rule))).toBe(
      true,
    );

    const again = await replay(store, lines.toReversed());
    expect(again).toMatchObject({
      stored: 0,
      conflicting: 0,
      duplicate: first.stored + 1,
      filtered: first.filtered,
    });
    await store.close();
  });
});

describe('entries by others', () => {
  const lines = ['iam', 'k8s', 'logging-config', 'audit-generic'].flatMap((folder) =>
    sampleLines(folder).flatMap((file) => file.lines),
  );

  it.skipIf(lines.length === 0)(
    'are refused where they contradict themselves, and nowhere else',
    async () => {
      const store = await openStore('sqlite::memory:');
      const { received, quarantinedBy, filteredBy } = await replay(store, lines);
      expect(received).toBe(lines.length);
      // One has two log names and two insert ids, each in a spelling of its own.
      expect([...quarantinedBy]).toEqual([['entry-reexported', 1]]);
      const unrouted = [...filteredBy.keys()].filter((rule) => rule.startsWith('no-source:'));
      // Data access of other sources, prediction and metrics, node logs, App Engine.
      expect(unrouted.toSorted()).toEqual([
        'no-source:aiplatform.googleapis.com',
        'no-source:appengine.googleapis.com',
        'no-source:bigquery.googleapis.com',
        'no-source:container-runtime',
        'no-source:ml.googleapis.com',
        'no-source:monitoring.googleapis.com',
        'no-source:pubsub.googleapis.com',
        'no-source:storage.googleapis.com',
      ]);
      await store.close();
    },
  );
});
