import { afterAll, describe, expect, it } from 'vitest';
import { flowEntries, LEVELS, topOf } from '../../bench/support/flows.ts';
import { NOW, prepareTexts } from '../../bench/support/prepared.ts';
import { walkLineage } from '../../shared/lineage/walk.ts';
import { openStore } from '../../shared/store/open.ts';

const store = await openStore('sqlite::memory:');
afterAll(() => store.close());

describe('flows of the lineage bench', () => {
  it('are as deep as they say, each hop one dataset wider, and readers add nothing upstream', async () => {
    const flows = { pipelines: 2, read: { pipelines: 1, readers: 3 } };
    const entries = [...prepareTexts(flowEntries(flows))].map((item) => item.entry);
    await store.commit({
      source: 'dataproc',
      path: 'replay',
      entries,
      filteredBy: {},
      unknownMethods: {},
      now: NOW,
    });
    for (let pipeline = 0; pipeline < flows.pipelines; pipeline += 1) {
      const { steps } = await walkLineage(store, topOf(pipeline), 'upstream', { hops: LEVELS + 1 });
      const found = Map.groupBy(steps, (step) => step.hop);
      expect([...found.keys()]).toEqual(Array.from({ length: LEVELS }, (_, i) => i + 1));
      for (const [hop, ofHop] of found) {
        expect(new Set(ofHop.map((step) => step.dataset)).size).toBe(hop + 1);
      }
    }
  });

  it('are a prefix of larger ones, so that the same question has the same answer', () => {
    const few = [...flowEntries({ pipelines: 1, read: { pipelines: 0, readers: 0 } })];
    const many = [...flowEntries({ pipelines: 3, read: { pipelines: 1, readers: 1 } })];
    expect(many.length).toBeGreaterThan(few.length);
    expect(many.slice(0, few.length)).toEqual(few);
  });
});
