/** What a push subscription and others meet: delivery attempts, forms of request, tokens, log lines. */
import { describe, expect, it } from 'vitest';
import { createPushAuth } from '../../functions/runtime/push-auth.ts';
import { expectLedgerHolds, factsOf } from '../pipeline/facts.ts';
import { ENTRIES, freshStore, istio, post, pushed } from './service.ts';
import { ACCOUNT, AUDIENCE, certificates, token } from './tokens.ts';

const [ENTRY = ''] = ENTRIES;

const { store, start } = freshStore();

describe('delivery attempts', () => {
  const receiptsOf = async (): Promise<number> => (await Array.fromAsync(store().scan('Receipts'))).length;

  it('concurrent requests share commits', async () => {
    const { url } = await start();
    const answers = await Promise.all(
      ENTRIES.slice(0, 40).map((data) => post(url, pushed({ data, deliveryAttempt: 4 }))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    expect(await receiptsOf()).toBeLessThan(20);
    expect(await expectLedgerHolds(store(), await factsOf(store()))).toMatchObject({
      received: 40,
      stored: 40,
    });
  });

  it('from the fifth on a message is committed by itself', async () => {
    const { url } = await start();
    await Promise.all(ENTRIES.slice(0, 10).map((data) => post(url, pushed({ data, deliveryAttempt: 5 }))));
    expect(await receiptsOf()).toBe(10);
    expect((await factsOf(store())).Events).toHaveLength(10);
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
    const { Quarantine: rows } = await factsOf(store());
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
    expect(await expectLedgerHolds(store(), await factsOf(store()))).toMatchObject({
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
    expect((await factsOf(store())).Events).toHaveLength(0);
    expect((await post(url, body, { authorization: `Bearer ${token()}` })).status).toBe(204);
    expect((await factsOf(store())).Events).toHaveLength(1);
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
