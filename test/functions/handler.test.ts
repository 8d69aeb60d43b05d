/** What a push subscription meets: the answers, and that each means what Pub/Sub takes it for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPushAuth } from '../../functions/runtime/push-auth.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { openStore } from '../../shared/store/open.ts';
import type { CommitBatch, Store } from '../../shared/store/store.ts';
import { DAY } from '../pipeline/deliveries.ts';
import { expectLedgerHolds, factsOf } from '../pipeline/facts.ts';
import { istio, post, pushed, serve, type Service, type ServiceOptions } from './service.ts';
import { ACCOUNT, AUDIENCE, certificates, token } from './tokens.ts';

const ENTRIES = DAY.filter(
  ({ subscription, category }) => subscription === 'istio' && category === 'ordinary',
).map(({ data }) => data);
const [ENTRY = '', OTHER = ''] = ENTRIES;
const insertIdOf = (entry: string): string => String(JSON.parse(entry).insertId);

let store: Store;
const services: Service[] = [];

beforeEach(async () => {
  store = await openStore('sqlite::memory:');
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()));
  await store.close();
});

async function start(options: Partial<ServiceOptions> = {}): Promise<Service> {
  const service = await serve({ store, ...options });
  services.push(service);
  return service;
}

/** The store, with something before each of its commits. */
const before = (act: (batch: CommitBatch) => unknown): Store => ({
  ...store,
  async commit(batch) {
    await act(batch);
    return store.commit(batch);
  },
});

const unavailable = (): JobtrailError => new JobtrailError('store-unavailable', 'Spanner is away', 'wait');

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
    expect((await factsOf(store)).Events).toHaveLength(0);
    gate.resolve();
    expect(await answer).toMatchObject({ status: 204, text: '' });
    expect((await factsOf(store)).Events).toHaveLength(1);
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
    const facts = await factsOf(store);
    expect(facts.Events).toHaveLength(1);
    expect(await expectLedgerHolds(store, facts)).toMatchObject({ received: 2, stored: 1, duplicate: 1 });
  });

  it('is withheld where the answer of a commit was lost; the redelivery is a duplicate', async () => {
    let lost = false;
    const forgetful: Store = {
      ...store,
      async commit(batch) {
        const result = await store.commit(batch);
        if (lost) return result;
        lost = true;
        throw unavailable();
      },
    };
    const { url } = await start({ store: forgetful });
    expect((await post(url, pushed({ data: ENTRY }))).status).toBe(503);
    expect((await post(url, pushed({ data: ENTRY }))).status).toBe(204);
    expect(await expectLedgerHolds(store, await factsOf(store))).toMatchObject({
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
    const facts = await factsOf(store);
    expect(facts.Quarantine).toMatchObject([{ Source: 'istio', Reason: reason }]);
    expect(await expectLedgerHolds(store, facts)).toMatchObject({
      received: 2,
      quarantined: 1,
      duplicate: 1,
    });
    expect(log[0]).toMatchObject({ severity: 'WARNING', message: 'entry quarantined', reason });
  });

  it('an entry on which the source crashes, beside one that is sound', async () => {
    const source = {
      ...istio(),
      normalise: (entry: Parameters<ReturnType<typeof istio>['normalise']>[0]) => {
        if (entry.insertId === insertIdOf(ENTRY)) throw new RangeError('Maximum call stack size exceeded');
        return istio().normalise(entry);
      },
    };
    const { url } = await start({ source });
    const answers = await Promise.all([ENTRY, OTHER].map((data) => post(url, pushed({ data }))));
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    const facts = await factsOf(store);
    expect(facts.Events).toMatchObject([{ InsertId: insertIdOf(OTHER) }]);
    expect(facts.Quarantine).toMatchObject([{ Reason: 'normaliser-crash', Raw: ENTRY }]);
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
    const facts = await factsOf(store);
    expect(facts.Events).toHaveLength(1);
    expect(facts.Quarantine).toMatchObject([
      { Reason: 'row-refused', Message: 'too long', Hint: 'shorten it' },
    ]);
    expect(log).toMatchObject([
      { severity: 'WARNING', message: 'entry quarantined', reason: 'row-refused', messageId: '4711' },
    ]);
  });
});

describe('delivery attempts', () => {
  const receiptsOf = async (): Promise<number> => (await Array.fromAsync(store.scan('Receipts'))).length;

  it('concurrent requests share commits', async () => {
    const { url } = await start();
    const answers = await Promise.all(
      ENTRIES.slice(0, 40).map((data) => post(url, pushed({ data, deliveryAttempt: 4 }))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    expect(await receiptsOf()).toBeLessThan(20);
    expect(await expectLedgerHolds(store, await factsOf(store))).toMatchObject({ received: 40, stored: 40 });
  });

  it('from the fifth on a message is committed by itself', async () => {
    const { url } = await start();
    await Promise.all(ENTRIES.slice(0, 10).map((data) => post(url, pushed({ data, deliveryAttempt: 5 }))));
    expect(await receiptsOf()).toBe(10);
    expect((await factsOf(store)).Events).toHaveLength(10);
  });

  it('from the ninetieth on it is kept raw, without looking into it', async () => {
    let asked = 0;
    const source = {
      ...istio(),
      normalise: () => ((asked += 1), { kind: 'filtered', rule: 'asked' } as const),
    };
    const { url, log } = await start({ source });
    expect((await post(url, pushed({ data: ENTRY, messageId: '99', deliveryAttempt: 89 }))).status).toBe(204);
    expect(asked).toBe(1);
    expect((await post(url, pushed({ data: ENTRY, messageId: '99', deliveryAttempt: 90 }))).status).toBe(204);
    expect(asked).toBe(1);
    const { Quarantine: rows } = await factsOf(store);
    expect(rows).toMatchObject([{ Reason: 'delivery-exhausted', Raw: ENTRY, Source: 'istio' }]);
    expect(log).toMatchObject([
      { message: 'entry quarantined', reason: 'delivery-exhausted', messageId: '99', deliveryAttempt: 90 },
    ]);
  });
});

describe('requests', () => {
  const event = {
    id: '12',
    source: '//pubsub.googleapis.com/projects/p/topics/t',
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
  };

  it('CloudEvents are understood in both modes, and are the same entry', async () => {
    const { url } = await start();
    const data: unknown = JSON.parse(pushed({ data: ENTRY }));
    const structured = JSON.stringify({
      specversion: '1.0',
      ...event,
      datacontenttype: 'application/json',
      data,
    });
    const binary = {
      'ce-specversion': '1.0',
      'ce-id': event.id,
      'ce-source': event.source,
      'ce-type': event.type,
    };
    expect(
      (await post(url, structured, { 'content-type': 'application/cloudevents+json; charset=utf-8' })).status,
    ).toBe(204);
    expect((await post(url, pushed({ data: ENTRY }), binary)).status).toBe(204);
    expect((await post(url, pushed({ data: ENTRY }))).status).toBe(204);
    expect(await expectLedgerHolds(store, await factsOf(store))).toMatchObject({
      received: 3,
      stored: 1,
      duplicate: 2,
    });
  });

  it('GET and HEAD say that it is up; every other method is refused', async () => {
    const { url } = await start();
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      expect((await fetch(url, { method, body: '{}' })).status).toBe(405);
  });

  it('what the framework cannot parse as JSON is not acknowledged', async () => {
    const { url } = await start();
    expect((await post(url, '{"message":')).status).toBe(400);
  });

  it('a public function takes messages of its subscription only', async () => {
    const auth = createPushAuth({ kind: 'self', audience: AUDIENCE, serviceAccount: ACCOUNT }, certificates);
    const { url, log } = await start({ auth });
    const body = pushed({ data: ENTRY });
    expect(await post(url, body)).toMatchObject({ status: 401, text: 'push-unauthenticated\n' });
    expect(
      (await post(url, body, { authorization: `Bearer ${token({ email: 'x@example.com' })}` })).status,
    ).toBe(401);
    expect((await factsOf(store)).Events).toHaveLength(0);
    expect((await post(url, body, { authorization: `Bearer ${token()}` })).status).toBe(204);
    expect((await factsOf(store)).Events).toHaveLength(1);
    expect(log.map(({ code }) => code)).toEqual(['push-unauthenticated', 'push-unauthenticated']);
  });

  it('log lines carry the trace of the request, in either header', async () => {
    const { url, log } = await start();
    const id = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
    await post(url, pushed({ data: 'garbage', messageId: '5' }), {
      traceparent: `00-${id}-00f067aa0ba902b7-01`,
    });
    await post(url, pushed({ data: 'refuse', messageId: '6' }), { 'x-cloud-trace-context': `${id}/1;o=1` });
    await post(url, pushed({ data: 'rubbish', messageId: '8' }), { traceparent: `00-{"severity":"x"}-1-01` });
    const trace = `projects/acme-audit/traces/${id}`;
    expect(log.map((line) => [line['messageId'], line['logging.googleapis.com/trace']])).toEqual([
      ['5', trace],
      ['6', trace],
      ['8', undefined],
    ]);
  });
});
