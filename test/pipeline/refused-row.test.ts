/** One bad entry never takes its neighbours along: neither a row that the store refuses nor a crash before it. */
import { afterEach, describe, expect, it } from 'vitest';
import { createGroupCommitter, DEFAULT_LIMITS } from '../../shared/pipeline/group-commit.ts';
import { createPreparer, type Prepared, type Preparer } from '../../shared/pipeline/prepare.ts';
import { replayEntries } from '../../shared/pipeline/replay.ts';
import type { Source } from '../../shared/sources/source.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { describeWithEmulators, freshSpannerDatabase } from '../support/emulators.ts';
import { COMPANY, DAY, decodeDelivery, sourceNamed } from './deliveries.ts';
import { expectLedgerHolds, factsOf } from './facts.ts';

const ISTIO = sourceNamed('istio');
const now = (): string => '2026-11-19T00:00:00.000000000Z';

/** 200 entries of the mesh's sink, each stored as one event of its own. */
const ENTRIES = DAY.filter(
  ({ subscription, category }) => subscription === 'istio' && category === 'ordinary',
)
  .slice(0, 200)
  .flatMap(decodeDelivery);
const BAD = ENTRIES[76];

const SOUND = createPreparer({ sources: [ISTIO], loaded: COMPANY });

/** Makes of one entry a row that no check before the commit has looked at and no store takes: a method of 300 characters. */
const ONE_TOO_LONG: Preparer = {
  ...SOUND,
  prepare(decoded, at): Prepared {
    const prepared = SOUND.prepare(decoded, at);
    if (decoded !== BAD || prepared.kind !== 'rows') return prepared;
    const [first, ...rest] = prepared.entry.rows;
    const row = { ...first.row, Method: 'x'.repeat(300) };
    return { ...prepared, entry: { ...prepared.entry, rows: [{ table: 'Events', row }, ...rest] } };
  },
};

function oneBadAmong200(open: () => Promise<Store>): void {
  const opened: Store[] = [];
  const openOne = async (): Promise<Store> => {
    const store = await open();
    opened.push(store);
    return store;
  };
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  async function expect199And1(store: Store, deliveries: number): Promise<void> {
    const facts = await factsOf(store);
    expect(facts.Events).toHaveLength(199);
    expect(facts.Quarantine).toHaveLength(1);
    expect(facts.Quarantine[0]).toMatchObject({
      Source: 'istio',
      Reason: 'row-refused',
      Raw: textOf(BAD),
      RawEncoding: 'utf8',
    });
    expect(facts.Events.map((row) => row['EventId'])).not.toContain(BAD?.kind === 'entry' && BAD.eventId);
    expect(await expectLedgerHolds(store, facts)).toMatchObject({
      received: deliveries,
      stored: 199,
      quarantined: 1,
    });
  }

  it('199 are stored and 1 is quarantined, in one commit of concurrent requests', async () => {
    const store = await openOne();
    const deliver = async (): Promise<readonly string[]> => {
      const committer = createGroupCommitter(
        { store, preparer: ONE_TOO_LONG, path: 'push', now },
        DEFAULT_LIMITS,
      );
      return (
        await Promise.all(
          ENTRIES.map((entry) => committer.submit([ONE_TOO_LONG.prepare(entry, now())], 1000)),
        )
      ).flat();
    };
    const fates = await deliver();
    expect(fates.filter((fate) => fate === 'stored')).toHaveLength(199);
    expect(fates[76]).toBe('quarantined');
    await expect199And1(store, 200);
    expect(new Set(await deliver())).toEqual(new Set(['duplicate']));
    await expect199And1(store, 400);
  });

  it('199 are stored and 1 is quarantined, in a replay', async () => {
    const store = await openOne();
    const summary = await replayEntries(ENTRIES, { store, preparer: ONE_TOO_LONG, path: 'replay', now });
    expect(summary).toMatchObject({ received: 200, stored: 199, quarantined: 1, events: 199 });
    expect(Object.fromEntries(summary.quarantinedBy)).toEqual({ 'row-refused': 1 });
    await expect199And1(store, 200);
  });
}

describe('a row the embedded store refuses', () => {
  oneBadAmong200(() => openStore('sqlite::memory:'));
});

describeWithEmulators('a row Spanner refuses', ['spanner'], (hosts) => {
  oneBadAmong200(async () =>
    openStore(await freshSpannerDatabase(hosts.spanner()), { emulatorHost: hosts.spanner() }),
  );
});

describe('an entry on which a source crashes', () => {
  const isBad = (insertId: string | undefined): boolean =>
    BAD?.kind === 'entry' && insertId === BAD.entry.insertId;
  const boom = (): never => {
    throw new TypeError('undefined is not an object');
  };
  const crashing: readonly (readonly [string, Source])[] = [
    [
      'normalise',
      { ...ISTIO, normalise: (entry) => (isBad(entry.insertId) ? boom() : ISTIO.normalise(entry)) },
    ],
    ['owns', { ...ISTIO, owns: (entry) => (isBad(entry.insertId) ? boom() : ISTIO.owns(entry)) }],
  ];

  it.each(crashing)('in %s is quarantined alone', async (_where, source) => {
    const store = await openStore('sqlite::memory:');
    const preparer = createPreparer({ sources: [source], loaded: COMPANY });
    const summary = await replayEntries(ENTRIES, { store, preparer, path: 'replay', now });
    expect(summary).toMatchObject({ stored: 199, quarantined: 1 });
    const facts = await factsOf(store);
    expect(facts.Quarantine[0]).toMatchObject({
      Reason: 'normaliser-crash',
      Source: 'istio',
      Raw: textOf(BAD),
    });
    expect(String(facts.Quarantine[0]?.['Message'])).toContain('undefined is not an object');
    await expectLedgerHolds(store, facts);
    await store.close();
  });
});

const textOf = (entry: (typeof ENTRIES)[number] | undefined): string =>
  entry?.kind === 'entry' ? entry.text() : '';
