import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { JobtrailError } from '../../shared/errors.ts';
import type { CommitContext } from '../../shared/pipeline/commit.ts';
import { createGroupCommitter, type GroupLimits } from '../../shared/pipeline/group-commit.ts';
import type { Prepared } from '../../shared/pipeline/prepare.ts';
import type { CommitBatch, Store } from '../../shared/store/store.ts';

/** A store that notes the batches it is given; `fail` decides about each. */
function noting(fail: (batch: CommitBatch, call: number) => Error | undefined = () => undefined) {
  const batches: CommitBatch[] = [];
  let under = 0;
  let most = 0;
  const store: Pick<Store, 'commit'> = {
    async commit(batch) {
      batches.push(batch);
      under += 1;
      most = Math.max(most, under);
      await sleep(5);
      under -= 1;
      const error = fail(batch, batches.length);
      if (error !== undefined) throw error;
      const stored = batch.entries.length;
      return {
        fates: batch.entries.map(() => 'stored' as const),
        counts: { received: stored, stored, duplicate: 0, filtered: 0, quarantined: 0, conflicting: 0 },
        receiptId: String(batches.length),
      };
    },
  };
  return { store: store as Store, batches, most: () => most };
}

const item = (id: number): Prepared => ({
  kind: 'rows',
  source: 'istio',
  entry: { kind: 'event', rows: [{ table: 'Events', row: { EventId: String(id) } }] },
  decoded: {
    kind: 'undecodable',
    code: 'entry-not-json',
    reason: '',
    hint: '',
    raw: new Uint8Array(),
    ordinal: id,
  },
});

const contextOf = (store: Store): CommitContext => ({
  store,
  preparer: {
    prepare: () => item(0),
    attest: () => undefined,
    quarantine: (_decoded, source) => ({
      kind: 'rows',
      source,
      entry: { kind: 'quarantine', rows: [{ table: 'Quarantine', row: { QuarantineId: 'q' } }] },
      decoded: {
        kind: 'undecodable',
        code: 'row-refused',
        reason: '',
        hint: '',
        raw: new Uint8Array(),
        ordinal: 0,
      },
    }),
  },
  path: 'push',
  now: () => '2026-11-20T00:00:00Z',
});

const LIMITS: GroupLimits = {
  maxRows: 10,
  maxBytes: 1000,
  maxWaitMs: 10,
  maxQueuedRows: 100,
  maxConcurrent: 1,
};
const rowsOf = (batches: readonly CommitBatch[]): number[] => batches.map((batch) => batch.entries.length);

describe('group commit', () => {
  it('gives concurrent requests one commit', async () => {
    const { store, batches } = noting();
    const committer = createGroupCommitter(contextOf(store), LIMITS);
    const fates = await Promise.all([1, 2, 3].map((id) => committer.submit([item(id)], 10)));
    expect(rowsOf(batches)).toEqual([3]);
    expect(fates).toEqual([['stored'], ['stored'], ['stored']]);
  });

  it('is bounded by rows and by bytes', async () => {
    const { store, batches, most } = noting();
    const committer = createGroupCommitter(contextOf(store), LIMITS);
    await Promise.all(Array.from({ length: 25 }, (_, id) => committer.submit([item(id)], 1)));
    await Promise.all(Array.from({ length: 4 }, (_, id) => committer.submit([item(id)], 600)));
    expect(rowsOf(batches)).toEqual([10, 10, 5, 1, 1, 1, 1]);
    expect(most()).toBe(1);
  });

  it('is bounded by time', async () => {
    const { store } = noting();
    const committer = createGroupCommitter(contextOf(store), { ...LIMITS, maxWaitMs: 40 });
    const began = performance.now();
    await committer.submit([item(1)], 1);
    expect(performance.now() - began).toBeGreaterThanOrEqual(39);
  });

  it('tells every request of a failed commit, and takes the next', async () => {
    const error = new JobtrailError('store-unavailable', 'gone', 'wait');
    const { store } = noting((_batch, call) => (call === 1 ? error : undefined));
    const committer = createGroupCommitter(contextOf(store), LIMITS);
    const first = await Promise.allSettled([1, 2].map((id) => committer.submit([item(id)], 1)));
    expect(first.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    expect(await committer.submit([item(3)], 1)).toEqual(['stored']);
  });

  it('finds the one row a store refuses and stores its 199 neighbours', async () => {
    const bad = '77';
    const { store, batches } = noting((batch) =>
      batch.entries.some((entry) => entry.rows[0].row['EventId'] === bad)
        ? new JobtrailError('row-refused', 'bad row', 'look at it')
        : undefined,
    );
    const committer = createGroupCommitter(contextOf(store), {
      ...LIMITS,
      maxRows: 200,
      maxQueuedRows: 1000,
    });
    const fates = await Promise.all(Array.from({ length: 200 }, (_, id) => committer.submit([item(id)], 1)));
    expect(fates.flat().every((fate) => fate === 'stored')).toBe(true);
    const quarantined = batches.filter((batch) => batch.entries[0]?.kind === 'quarantine');
    expect(rowsOf(quarantined)).toEqual([1]);
    // 200 halves to one in at most eight cuts, two commits each, and the quarantine.
    expect(batches.length).toBeLessThanOrEqual(18);
  });

  it('refuses what it cannot hold, for another delivery', async () => {
    const { store } = noting();
    const committer = createGroupCommitter(contextOf(store), { ...LIMITS, maxQueuedRows: 3, maxRows: 3 });
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, (_, id) => committer.submit([item(id)], 1)),
    );
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: 'overloaded', disposition: 'retry' });
  });

  it('commits a message that failed before by itself', async () => {
    const { store, batches } = noting();
    const committer = createGroupCommitter(contextOf(store), LIMITS);
    await Promise.all([
      committer.submit([item(1)], 1),
      committer.submitAlone([item(2)]),
      committer.submit([item(3)], 1),
    ]);
    expect(rowsOf(batches).toSorted((a, b) => a - b)).toEqual([1, 2]);
    await committer.idle();
  });
});
