/** Quarantined rows read again: what is stored is marked, what is refused again stays, and nobody gets past Cloud Logging by a detour. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '../../schemas/tables.ts';
import type { QuarantineCode } from '../../shared/errors.ts';
import { LOG_ENTRY } from '../../shared/pipeline/ingest-records.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { countPending, pendingRows, type QuarantineFilter } from '../../shared/redrive/pending.ts';
import { redriveQuarantine } from '../../shared/redrive/quarantine.ts';
import { reread } from '../../shared/redrive/reread.ts';
import { approvals } from '../../shared/sources/approvals/index.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { COMPANY, DAY, sourceNamed } from '../pipeline/deliveries.ts';
import { approval } from '../sources/approvals/samples.ts';
import { ISSUERS, proven, signature } from '../support/attest.ts';
import { NOW, redriving, refusing } from './redrives.ts';

const textsOf = (source: string): readonly string[] =>
  DAY.flatMap(({ subscription, category, data }) =>
    subscription === source && category === 'ordinary' ? [data] : [],
  );
const [ISTIO = '', ISTIO_TWO = ''] = textsOf('istio');
const [KONG = ''] = textsOf('kong');

let store: Store;
beforeEach(async () => {
  store = await openStore('sqlite::memory:');
});
afterEach(() => store.close());

let made = 0;
function row(source: string, reason: QuarantineCode, raw: string, over: Row = {}): Row {
  made += 1;
  return {
    QuarantineId: made.toString(16).padStart(64, '0'),
    Source: source,
    Reason: reason,
    Message: 'it was bad',
    Raw: raw,
    RawEncoding: 'utf8',
    RawBytes: Buffer.byteLength(raw),
    FirstSeen: NOW,
    ExpireAt: '2027-11-25T00:00:00.000000000Z',
    ...over,
  };
}

const keep = (rows: readonly Row[]) =>
  store.commit({
    source: 'istio',
    path: 'push',
    entries: rows.map((one) => ({ kind: 'quarantine', rows: [{ table: 'Quarantine', row: one }] })),
    filteredBy: {},
    unknownMethods: {},
    now: NOW,
  });

const marks = async (): Promise<readonly (readonly unknown[])[]> =>
  (await Array.fromAsync(store.scan('Redriven'))).map((mark) => [mark['Outcome'], mark['Rule']]);

describe('a row', () => {
  it('that the store refuses again stays, also where quarantine has the same text', async () => {
    const refused = refusing(store, () => true);
    // As its function left it: the id that the entry has when it is refused again.
    const preparer = createPreparer({ sources: [sourceNamed('istio')], loaded: COMPANY });
    const [decoded] = entries(ISTIO);
    if (decoded === undefined) throw new Error('not decoded');
    const kept = preparer.quarantine(decoded, 'istio', 'row-refused', 'no', 'no', NOW);
    await keep([kept.entry.rows[0].row]);
    const result = await redriveQuarantine(redriving(refused), {});
    expect(result).toMatchObject({ rows: 1, stays: 1, duplicate: 0 });
    expect(result.staysFor).toEqual(new Map([['row-refused', 1]]));
    expect(await marks()).toEqual([]);
    expect(await redriveQuarantine(redriving(store), {})).toMatchObject({ rows: 1, stored: 1 });
    expect(await marks()).toEqual([['stored', null]]);
  });

  it('is marked by what it became: filtered by a rule, a duplicate', async () => {
    await keep([row('istio', 'normaliser-crash', ISTIO), row('istio', 'normaliser-crash', KONG)]);
    expect(await redriveQuarantine(redriving(store), {})).toMatchObject({ stored: 1, filtered: 1 });
    await keep([row('istio', 'normaliser-crash', ISTIO)]);
    expect(await redriveQuarantine(redriving(store), {})).toMatchObject({ rows: 1, duplicate: 1 });
    expect(await marks()).toEqual([
      ['stored', null],
      ['filtered', expect.stringMatching(/^no-source:/)],
      ['duplicate', null],
    ]);
  });

  it('whose proof cannot be judged now stays, and keeps no other from being stored', async () => {
    const { jwks: _, ...changes } = ISSUERS[0];
    const away = JSON.stringify({ issuers: [{ ...changes, jwksUri: 'https://changes.example.com/keys' }] });
    const offline = createPreparer({
      sources: [approvals],
      loaded: parseConfig(away, 'jobtrail.yaml'),
    });
    const signed = JSON.stringify(proven(approval(), signature(approval())));
    await keep([row('approvals', 'normaliser-crash', signed), row('istio', 'normaliser-crash', ISTIO)]);
    const options = redriving(store);
    const result = await redriveQuarantine(
      {
        ...options,
        preparerFor: (name) => (name === 'approvals' ? offline : options.preparerFor(name)),
      },
      {},
    );
    expect(result).toMatchObject({ rows: 2, stored: 1, stays: 1 });
    expect(result.staysFor).toEqual(new Map([['issuer-keys-unavailable', 1]]));
  });

  it('is taken by the source that had received it: the same text may be a record of another one', async () => {
    const resource = { kind: 'storage#object', bucket: 'raw', name: 'a', updated: '2026-11-18T00:00:00Z' };
    await keep([row('databricks', 'delivery-exhausted', JSON.stringify(resource))]);
    expect(await redriveQuarantine(redriving(store), {})).toMatchObject({ filtered: 0, stays: 1 });
    expect(await marks()).toEqual([]);
  });
});

const entries = (raw: string) => {
  const read = reread(row('istio', 'normaliser-crash', raw));
  if (read.kind !== 'entries') throw new Error(read.why);
  return read.entries;
};

describe('a log entry that may have been posted', () => {
  const of = (source: string, reason: QuarantineCode, raw: string, message = 'it was bad') => {
    const read = reread(row(source, reason, raw, { Message: message }));
    return read.kind === 'stays' ? read.why : read.kind;
  };

  it.each([
    ['kong', 'entry-shape', LOG_ENTRY.reason, 'not-from-cloud-logging'],
    // A decoder that cannot read it today may read it tomorrow.
    ['kong', 'entry-shape', 'an older form', 'not-from-cloud-logging'],
    ['kong', 'entry-too-deep', 'it was bad', 'not-from-cloud-logging'],
    ['approvals', 'entry-bad-time', 'it was bad', 'not-from-cloud-logging'],
    ['openlineage', 'normaliser-crash', 'The decoding of this message failed: x', 'not-from-cloud-logging'],
    // These were entries when they came, and then they came from Cloud Logging.
    ['kong', 'normaliser-crash', 'The normaliser of kong failed on this entry: x', 'entries'],
    ['kong', 'line-grammar', 'it was bad', 'entries'],
    ['kong', 'delivery-exhausted', 'it was bad', 'entries'],
    // Nothing is posted to it.
    ['istio', 'entry-shape', 'it was bad', 'entries'],
    ['unrouted', 'entry-shape', 'it was bad', 'entries'],
  ] as const)('%s, %s, %s: %s', (source, reason, message, ends) => {
    expect(of(source, reason, KONG, message)).toBe(ends);
  });

  it('is no reason to leave a record that claims nothing', () => {
    expect(of('approvals', 'entry-shape', JSON.stringify(approval()))).toBe('entries');
  });

  it('what was cut stays, whatever its beginning reads as', () => {
    expect(of('istio', 'entry-too-large', ISTIO)).toBe('entry-too-large');
    expect(of('istio', 'line-grammar', ISTIO.padEnd(2_000_000))).toBe('entry-too-large');
  });
});

describe('rows that are pending', () => {
  const idsOf = async (filter: QuarantineFilter): Promise<readonly (readonly string[])[]> =>
    (await Array.fromAsync(pendingRows(store, filter))).map((page) =>
      page.map((one) => String(one['Raw']).slice(0, 8)),
    );

  it('come in pages of so many rows or bytes, each once', async () => {
    const rows = Array.from({ length: 230 }, (_none, at) =>
      row('kong', 'line-grammar', `${at} `.padStart(8)),
    );
    // What was kept of it is less: it counts by what it was.
    const large = { RawBytes: 9_000_000 };
    await keep([
      ...rows,
      row('kong', 'line-grammar', 'large  1', large),
      row('kong', 'line-grammar', 'large  2', large),
    ]);
    const pages = await idsOf({});
    expect(pages.map((page) => page.length)).toEqual([100, 100, 31, 1]);
    expect(new Set(pages.flat()).size).toBe(232);
    expect((await idsOf({ limit: 103 })).map((page) => page.length)).toEqual([100, 3]);
  });

  it('are those that are asked for, and have no mark', async () => {
    await keep([
      row('kong', 'line-grammar', 'a'),
      row('istio', 'line-grammar', 'b'),
      row('istio', 'entry-shape', 'c', { FirstSeen: '2026-11-26T00:00:00.000000000Z' }),
      row('istio', 'row-limit', 'd'),
    ]);
    expect(await idsOf({ sources: ['kong'] })).toEqual([['a']]);
    expect(await idsOf({ reasons: ['line-grammar', 'row-limit'], sources: ['istio'] })).toEqual([['b', 'd']]);
    expect(await idsOf({ since: '2026-11-25T12:00:00.000000000Z' })).toEqual([['c']]);
    expect(await countPending(store, {})).toBe(4);
    const [first] = await Array.fromAsync(store.scan('Quarantine'));
    await store.markRedriven([
      { QuarantineId: first?.['QuarantineId'], RedrivenAt: NOW, Outcome: 'stored', ExpireAt: NOW },
    ]);
    expect(await countPending(store, {})).toBe(3);
    expect(await idsOf({ sources: ['kong'] })).toEqual([]);
    expect(await countPending(store, { reasons: ["x' OR 'a'='a"] })).toBe(0);
  });
});

it('what a dry run foresees is what becomes of them, also of the same entry in two rows of two pages', async () => {
  const rows = Array.from({ length: 150 }, (_none, at) =>
    row('istio', 'normaliser-crash', at % 2 ? ISTIO : ISTIO_TWO),
  );
  await keep([...rows, row('istio', 'entry-not-json', '{')]);
  const foreseen = await redriveQuarantine(redriving(store, { dryRun: true }), {});
  expect(foreseen).toMatchObject({ rows: 151, stored: 2, duplicate: 148, stays: 1 });
  expect(await marks()).toEqual([]);
  expect(await redriveQuarantine(redriving(store), {})).toEqual(foreseen);
  expect((await marks()).length).toBe(150);
});

it('ends after the page under way when it is asked to', async () => {
  await keep(Array.from({ length: 150 }, () => row('istio', 'normaliser-crash', ISTIO)));
  expect((await redriveQuarantine(redriving(store, { stopped: () => true }), {})).rows).toBe(100);
  expect((await redriveQuarantine(redriving(store), {})).rows).toBe(50);
});
