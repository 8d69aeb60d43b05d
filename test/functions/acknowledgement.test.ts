/** When a message is acknowledged and when it is not, pushed or pulled: it means committed, and nothing else does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { JobtrailError } from '../../shared/errors.ts';
import type { Source } from '../../shared/sources/source.ts';
import type { Store } from '../../shared/store/store.ts';
import { expectLedgerHolds, factsOf } from '../pipeline/facts.ts';
import { ENTRIES, freshStore, istio, post, pushed } from './service.ts';
import { WAYS, type Receiver, type Way } from './ways.ts';

const [ENTRY = '', OTHER = ''] = ENTRIES;
const insertIdOf = (entry: string): string => String(JSON.parse(entry).insertId);
const unavailable = (): JobtrailError => new JobtrailError('store-unavailable', 'Spanner is away', 'wait');

const { store, start, before } = freshStore();
const receivers: Receiver[] = [];
afterEach(() => Promise.all(receivers.splice(0).map((receiver) => receiver.stop())));

const opened = async (way: Way, options: Partial<Parameters<Way>[0]> = {}): Promise<Receiver> => {
  const receiver = await way({ store: store(), ...options });
  receivers.push(receiver);
  return receiver;
};

describe.each(WAYS)('acknowledgement of what is %s', (_name, way) => {
  it('comes after the commit and not before', async () => {
    const reached = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const { deliver } = await opened(way, {
      store: before(() => {
        reached.resolve();
        return gate.promise;
      }),
    });
    let answered = false;
    const answer = deliver({ data: ENTRY }).finally(() => (answered = true));
    await reached.promise;
    await sleep(150);
    expect(answered).toBe(false);
    expect((await factsOf(store())).Events).toHaveLength(0);
    gate.resolve();
    expect(await answer).toBe('acknowledged');
    expect((await factsOf(store())).Events).toHaveLength(1);
  });

  it('is withheld while the store is away, and the next delivery is stored once', async () => {
    let calls = 0;
    const { deliver, log } = await opened(way, {
      store: before(() => {
        calls += 1;
        if (calls === 1) throw unavailable();
      }),
    });
    expect(await deliver({ data: ENTRY })).toBe('again');
    expect(log).toMatchObject([
      { severity: 'ERROR', message: 'Spanner is away', code: 'store-unavailable', function: 'istio' },
    ]);
    expect(await deliver({ data: ENTRY })).toBe('acknowledged');
    expect(await deliver({ data: ENTRY })).toBe('acknowledged');
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
    const { deliver } = await opened(way, { store: forgetful });
    expect(await deliver({ data: ENTRY })).toBe('again');
    expect(await deliver({ data: ENTRY })).toBe('acknowledged');
    expect(await expectLedgerHolds(store(), await factsOf(store()))).toMatchObject({
      received: 2,
      stored: 1,
      duplicate: 1,
    });
  });

  it('is withheld for a bug and for a store that does not open', async () => {
    const bug = await opened(way, {
      store: before(() => {
        throw new TypeError('secret internals');
      }),
    });
    expect(await bug.deliver({ data: ENTRY })).toBe('again');
    expect(bug.log).toMatchObject([
      {
        severity: 'ERROR',
        message: 'secret internals',
        code: 'unexpected',
        stack: expect.stringContaining('TypeError'),
      },
    ]);
    const closed = await opened(way, { ingest: () => Promise.reject(unavailable()) });
    expect(await closed.deliver({ data: ENTRY })).toBe('again');
  });
});

describe('the answer to a push that is not acknowledged', () => {
  it('says when to come again, and by its code alone why', async () => {
    const away = await start({
      store: before(() => {
        throw unavailable();
      }),
    });
    const refused = await post(away.url, pushed({ data: ENTRY }));
    expect(refused).toMatchObject({ status: 503, text: 'store-unavailable\n' });
    expect(refused.headers.get('retry-after')).toBe('1');
    const bug = await start({
      store: before(() => {
        throw new TypeError('secret internals');
      }),
    });
    expect(await post(bug.url, pushed({ data: ENTRY }))).toMatchObject({ status: 503, text: 'unexpected\n' });
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
});

describe.each(WAYS)('what can never be stored, %s, is acknowledged and kept', (_name, way) => {
  it.each([
    ['garbage', 'entry-not-json'],
    ['', 'data-empty'],
  ])('a message that is `%s`', async (data, reason) => {
    const { deliver, log } = await opened(way);
    expect(await deliver({ data })).toBe('acknowledged');
    expect(await deliver({ data })).toBe('acknowledged');
    const facts = await factsOf(store());
    expect(facts.Quarantine).toMatchObject([{ Source: 'istio', Reason: reason }]);
    expect(await expectLedgerHolds(store(), facts)).toMatchObject({ quarantined: 1, duplicate: 1 });
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
    const { deliver } = await opened(way, { source });
    const answers = await Promise.all([ENTRY, OTHER].map((data) => deliver({ data })));
    expect(answers).toEqual(['acknowledged', 'acknowledged']);
    const facts = await factsOf(store());
    expect(facts.Events).toMatchObject([{ InsertId: insertIdOf(OTHER) }]);
    expect(facts.Quarantine).toMatchObject([{ Reason: 'normaliser-crash', Raw: ENTRY }]);
  });

  it('a message on which the source crashes before it is an entry', async () => {
    const adopt = (): never => {
      throw new RangeError('Invalid string length');
    };
    const { deliver } = await opened(way, { source: { ...istio(), adopt } });
    expect(await deliver({ data: 'a line of some log' })).toBe('acknowledged');
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
    const { deliver, log } = await opened(way, { store: refusing });
    const answers = await Promise.all([ENTRY, OTHER].map((data) => deliver({ data, messageId: '4711' })));
    expect(answers).toEqual(['acknowledged', 'acknowledged']);
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
