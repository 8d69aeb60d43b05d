/** When a push is acknowledged and when it is not: 204 means committed, and nothing else does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { JobtrailError } from '../../shared/errors.ts';
import type { Source } from '../../shared/sources/source.ts';
import type { Store } from '../../shared/store/store.ts';
import { expectLedgerHolds, factsOf } from '../pipeline/facts.ts';
import { ENTRIES, freshStore, istio, post, pushed } from './service.ts';

const [ENTRY = '', OTHER = ''] = ENTRIES;
const insertIdOf = (entry: string): string => String(JSON.parse(entry).insertId);
const unavailable = (): JobtrailError => new JobtrailError('store-unavailable', 'Spanner is away', 'wait');

const { store, start, before } = freshStore();

describe('acknowledgement', () => {
  it('comes after the commit and not before', async () => {
    const reached = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const { url } = await start({
      store: before(() => {
        reached.resolve();
        return gate.promise;
      }),
    });
    let answered = false;
    const answer = post(url, pushed({ data: ENTRY })).finally(() => (answered = true));
    await reached.promise;
    await sleep(150);
    expect(answered).toBe(false);
    expect((await factsOf(store())).Events).toHaveLength(0);
    gate.resolve();
    expect(await answer).toMatchObject({ status: 204, text: '' });
    expect((await factsOf(store())).Events).toHaveLength(1);
  });

  it('is withheld while the store is away, and the next delivery is stored once', async () => {
    let calls = 0;
    const { url, log } = await start({
      store: before(() => {
        calls += 1;
        if (calls === 1) throw unavailable();
      }),
    });
    const refused = await post(url, pushed({ data: ENTRY }));
    expect(refused).toMatchObject({ status: 503, text: 'store-unavailable\n' });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(log).toMatchObject([
      { severity: 'ERROR', message: 'Spanner is away', code: 'store-unavailable', function: 'istio' },
    ]);
    expect((await post(url, pushed({ data: ENTRY }))).status).toBe(204);
    expect((await post(url, pushed({ data: ENTRY }))).status).toBe(204);
    const facts = await factsOf(store());
    expect(facts.Events).toHaveLength(1);
    expect(await expectLedgerHolds(store(), facts)).toMatchObject({ received: 2, stored: 1, duplicate: 1 });
  });

  it('is withheld where the answer of a commit was lost; the redelivery is a duplicate', async () => {
    let lost = false;
    const forgetful: Store = {
      ...store(),
      async commit(batch) {
        const result = await store().commit(batch);
        if (lost) return result;
        lost = true;
        throw unavailable();
      },
    };
    const { url } = await start({ store: forgetful });
    expect((await post(url, pushed({ data: ENTRY }))).status).toBe(503);
    expect((await post(url, pushed({ data: ENTRY }))).status).toBe(204);
    expect(await expectLedgerHolds(store(), await factsOf(store()))).toMatchObject({
      received: 2,
      stored: 1,
      duplicate: 1,
    });
  });

  it('is withheld for a bug and for a store that does not open, and tells the caller nothing of it', async () => {
    const bug = await start({
      store: before(() => {
        throw new TypeError('secret internals');
      }),
    });
    expect(await post(bug.url, pushed({ data: ENTRY }))).toMatchObject({ status: 503, text: 'unexpected\n' });
    expect(bug.log).toMatchObject([
      {
        severity: 'ERROR',
        message: 'secret internals',
        code: 'unexpected',
        stack: expect.stringContaining('TypeError'),
      },
    ]);
    const closed = await start({ ingest: () => Promise.reject(unavailable()) });
    expect((await post(closed.url, pushed({ data: ENTRY }))).status).toBe(503);
  });
});

describe('what can never be stored is acknowledged and kept', () => {
  const cases: readonly (readonly [string, string, Record<string, string>, string])[] = [
    ['a message that is no log entry', pushed({ data: 'garbage' }), {}, 'entry-not-json'],
    ['a message without data', pushed({ data: '' }), {}, 'data-empty'],
    ['data that is not base64', '{"message":{"data":"%%%","messageId":"9"}}', {}, 'data-not-base64'],
    ['an envelope without a message', '{"hello":"world"}', {}, 'envelope-shape'],
    ['a body that is not JSON', '{"message":', { 'content-type': 'text/plain' }, 'envelope-not-json'],
  ];

  it.each(cases)('%s', async (_what, body, headers, reason) => {
    const { url, log } = await start();
    expect((await post(url, body, headers)).status).toBe(204);
    expect((await post(url, body, headers)).status).toBe(204);
    const facts = await factsOf(store());
    expect(facts.Quarantine).toMatchObject([{ Source: 'istio', Reason: reason }]);
    expect(await expectLedgerHolds(store(), facts)).toMatchObject({
      received: 2,
      quarantined: 1,
      duplicate: 1,
    });
    expect(log[0]).toMatchObject({ severity: 'WARNING', message: 'entry quarantined', reason });
  });

  it('an entry on which the source crashes, beside one that is sound', async () => {
    const source: Source = {
      ...istio(),
      normalise(entry) {
        if (entry.insertId === insertIdOf(ENTRY)) throw new RangeError('Maximum call stack size exceeded');
        return istio().normalise(entry);
      },
    };
    const { url } = await start({ source });
    const answers = await Promise.all([ENTRY, OTHER].map((data) => post(url, pushed({ data }))));
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    const facts = await factsOf(store());
    expect(facts.Events).toMatchObject([{ InsertId: insertIdOf(OTHER) }]);
    expect(facts.Quarantine).toMatchObject([{ Reason: 'normaliser-crash', Raw: ENTRY }]);
  });

  it('a message on which the source crashes before it is an entry', async () => {
    const adopt = (): never => {
      throw new RangeError('Invalid string length');
    };
    const { url } = await start({ source: { ...istio(), adopt } });
    expect((await post(url, pushed({ data: 'a line of some log' }))).status).toBe(204);
    expect((await factsOf(store())).Quarantine).toMatchObject([
      {
        Reason: 'normaliser-crash',
        Raw: 'a line of some log',
        Message: expect.stringContaining('string length'),
      },
    ]);
  });

  it('an entry whose row the store refuses, and the log says so', async () => {
    const refusing = before(({ entries }) => {
      if (entries.some(({ rows }) => rows[0].row['InsertId'] === insertIdOf(ENTRY)))
        throw new JobtrailError('row-refused', 'too long', 'shorten it');
    });
    const { url, log } = await start({ store: refusing });
    const answers = await Promise.all(
      [ENTRY, OTHER].map((data) => post(url, pushed({ data, messageId: '4711' }))),
    );
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    const facts = await factsOf(store());
    expect(facts.Events).toHaveLength(1);
    expect(facts.Quarantine).toMatchObject([
      { Reason: 'row-refused', Message: 'too long', Hint: 'shorten it' },
    ]);
    expect(log).toMatchObject([
      { severity: 'WARNING', message: 'entry quarantined', reason: 'row-refused', messageId: '4711' },
    ]);
  });
});
