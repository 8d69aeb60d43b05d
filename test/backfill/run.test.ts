/** Portions, one after the other: what is kept when, what is told of findings, and what keeps no other entry out. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestRef } from '../../shared/backfill/digest.ts';
import { createPace } from '../../shared/backfill/pace.ts';
import { readBackfill } from '../../shared/backfill/run.ts';
import { keepState } from '../../shared/backfill/state.ts';
import { tellDigests } from '../../shared/backfill/tell.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { redriveQuarantine } from '../../shared/redrive/quarantine.ts';
import { approvals } from '../../shared/sources/approvals/index.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { COMPANY, DAY } from '../pipeline/deliveries.ts';
import { redriving, woundClock } from '../redrive/redrives.ts';
import { approval } from '../sources/approvals/samples.ts';
import { ISSUERS, proven, signature } from '../support/attest.ts';
import { backfilling, decode, FIRST, inputOf, PREPARER, RUN, STARTED } from './runs.ts';

let store: Store;
beforeEach(async () => {
  store = await openStore('sqlite::memory:');
});
afterEach(() => store.close());

const TEXTS = DAY.filter(({ subscription }) => subscription !== 'databricks').map(({ data }) => data);
/** Entries that something is found in as they stand, and their environments. */
const FOUND = TEXTS.filter((text) =>
  decode(text).some((decoded) => {
    const prepared = PREPARER.prepare(decoded, STARTED);
    return prepared.kind === 'rows' && prepared.entry.rows.some(({ row }) => row['Verdict'] === 'violation');
  }),
);
const count = async (table: 'Events' | 'EpisodeFindings' | 'Findings' | 'Quarantine'): Promise<number> =>
  (await Array.fromAsync(store.scan(table))).length;

const unavailable = (): JobtrailError => new JobtrailError('store-unavailable', 'no answer', 'wait');

describe('the state', () => {
  it('is kept before anything is stored, and after each commit with its receipt', async () => {
    const options = backfilling(store, inputOf([TEXTS.slice(0, 50), TEXTS.slice(50, 80)]));
    const state = await readBackfill(options);
    expect(options.saved[0]).toEqual(FIRST);
    expect(options.saved.at(-1)).toEqual(state);
    expect(state).toMatchObject({ read: true, done: false, counts: { received: 80 } });
    const receipts = (await Array.fromAsync(store.scan('Receipts'))).map((row) => row['ReceiptId']);
    expect(receipts).toContain(state.receipt);
  });

  it('that cannot be kept is told before anything is read', async () => {
    let asked = false;
    const input = {
      async *read() {
        asked = true;
        yield* [];
      },
    };
    const full = new JobtrailError('file-unreadable', 'no room', 'make some');
    const kept = keepState(FIRST, () => {
      throw full;
    });
    const options = backfilling(store, input, { kept });
    await expect(readBackfill(options)).rejects.toBe(full);
    expect(asked).toBe(false);
  });

  it('is that of the last portion where the end is asked for', async () => {
    const portions = [TEXTS.slice(0, 20), TEXTS.slice(20, 40), TEXTS.slice(40, 60)];
    const options = backfilling(store, inputOf(portions));
    let stop = false;
    const stopped = await readBackfill({ ...options, onPortion: () => (stop = true), stopped: () => stop });
    expect(stopped).toMatchObject({ read: false, counts: { received: 20 } });
    const rest = await readBackfill(backfilling(store, inputOf(portions), { first: stopped }));
    expect(rest).toMatchObject({ read: true, counts: { received: 60 } });
  });
});

describe('findings', () => {
  it('are never without an alert, wherever a run is cut off, and nobody is told before its end', async () => {
    expect(FOUND.length).toBeGreaterThan(3);
    const options = backfilling(store, inputOf(FOUND.map((text) => [text])));
    let commits = 0;
    const cut: Store = {
      ...store,
      async commit(batch) {
        const result = await store.commit(batch);
        commits += 1;
        if (commits === 2) throw new Error('killed');
        return result;
      },
    };
    await expect(readBackfill({ ...options, store: cut })).rejects.toThrow('killed');
    // Never to be taken up again: its state is lost.
    const held = await count('EpisodeFindings');
    expect(held).toBeGreaterThan(1);
    const episodes = await store.alerts.episodes({ limit: 100 });
    expect(episodes.map(({ rule, state, severity }) => [rule, state, severity])).toEqual(
      episodes.map(() => ['backfill-digest', 'open', 'low']),
    );
    const listed = await Promise.all(episodes.map((episode) => store.alerts.findingIdsOf(episode, 100)));
    const ids = new Set((await Array.fromAsync(store.scan('Findings'))).map((row) => row['FindingId']));
    expect(ids.difference(new Set(listed.flat()))).toEqual(new Set());
    for (const episode of episodes) expect(await store.alerts.deliveries(episode)).toEqual([]);
  });

  it('of a portion that was half stored are told all the same', async () => {
    const options = backfilling(store, inputOf([FOUND]));
    let commits = 0;
    const faulty: Store = {
      ...store,
      commit(batch) {
        commits += 1;
        // The second source of the portion, once.
        return commits === 2 ? Promise.reject(unavailable()) : store.commit(batch);
      },
    };
    const state = await readBackfill({ ...options, store: faulty });
    const told = await tellDigests({
      store,
      alerting: COMPANY.config,
      run: RUN,
      environments: state.environments,
      bundle: COMPANY.digest,
      now: () => STARTED,
    });
    const violations = (await Array.fromAsync(store.scan('Findings'))).filter(
      (row) => row['Verdict'] === 'violation',
    );
    expect(told.reduce((sum, { findings }) => sum + findings, 0)).toBe(violations.length);
    expect(await store.alerts.unclaimedFindings('1970-01-01T00:00:00.000000000Z', 10)).toEqual([]);
    for (const { environment } of told) {
      const [episode] = await store.alerts.episodes({ ids: [digestRef(RUN, environment).id], limit: 1 });
      expect(episode?.finding.title).toBe('A backfill found what would have been alerts');
    }
  });

  it('that the pipeline stored a moment ago are left to the sweep, and open no digest', async () => {
    const [text = ''] = FOUND;
    const live = decode(text).map((decoded) => PREPARER.prepare(decoded, STARTED));
    for (const item of live)
      if (item.kind === 'rows')
        await store.commit({
          source: item.source,
          path: 'push',
          entries: [item.entry],
          filteredBy: {},
          unknownMethods: {},
          now: STARTED,
        });
    const state = await readBackfill(backfilling(store, inputOf([[text]])));
    expect(state).toMatchObject({ environments: [], counts: { duplicate: 1 } });
    expect(await store.alerts.episodes({ limit: 10 })).toEqual([]);
    expect(
      (await store.alerts.unclaimedFindings('1970-01-01T00:00:00.000000000Z', 10)).length,
    ).toBeGreaterThan(0);
  });
});

it('a proof that cannot be judged is waited for once, then kept for a redrive, and keeps nothing else out', async () => {
  const { jwks, ...changes } = ISSUERS[0];
  const config = (issuer: object) => parseConfig(JSON.stringify({ issuers: [issuer] }), 'jobtrail.yaml');
  const away = config({ ...changes, jwksUri: 'https://changes.example.com/keys' });
  const offline = createPreparer({ sources: SOURCES, loaded: away });
  const signed = (id: string): string => {
    const event = { ...approval(), id };
    return JSON.stringify(proven(event, signature(event)));
  };
  const clock = woundClock();
  const began = clock.now();
  const portions = [[signed('1'), ...TEXTS.slice(0, 10)], [signed('2')], TEXTS.slice(10, 20)];
  const options = backfilling(store, inputOf(portions), { preparer: offline, clock });
  const state = await readBackfill(options);
  expect(state.counts).toMatchObject({ received: 22, quarantined: 2 });
  expect(clock.now() - began).toBe(31_000);
  const rows = await Array.fromAsync(store.scan('Quarantine'));
  expect(rows.map((row) => [row['Source'], row['Reason']])).toEqual([
    ['approvals', 'delivery-exhausted'],
    ['approvals', 'delivery-exhausted'],
  ]);
  const online = createPreparer({ sources: [approvals], loaded: config({ ...changes, jwks }) });
  const redriven = await redriveQuarantine(redriving(store, { preparerFor: () => online }), {});
  expect(redriven).toMatchObject({ rows: 2, stored: 2 });
});

it('commits no more entries in a second than it is told to', async () => {
  const clock = woundClock();
  const began = clock.now();
  const portions = Array.from({ length: 10 }, (_none, at) => TEXTS.slice(at * 50, at * 50 + 50));
  await readBackfill(backfilling(store, inputOf(portions), { clock, pace: createPace(100 * 60, clock) }));
  // The first at once, then half a second for each fifty before.
  expect(clock.now() - began).toBe(4_500);
});
