import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePush } from '../../shared/envelope/message.ts';
import type { PubsubMessage, UndecodableEntry } from '../../shared/envelope/envelope.ts';

const ENTRY =
  '{"logName":"projects/p/logs/l","insertId":"a","timestamp":"2026-01-01T00:00:00Z","textPayload":"x","n":1e5}';
const DATA = Buffer.from(ENTRY).toString('base64');

function message(result: PubsubMessage | UndecodableEntry): PubsubMessage {
  if ('kind' in result) throw new Error(`${result.code}: ${result.reason}`);
  return result;
}
function refusal(result: PubsubMessage | UndecodableEntry): UndecodableEntry {
  if (!('kind' in result)) throw new Error('decoded');
  return result;
}
const text = (result: PubsubMessage | UndecodableEntry): string =>
  Buffer.from(message(result).data).toString();

const PUSH = {
  message: {
    data: DATA,
    attributes: {
      'logging.googleapis.com/timestamp': '2026-01-01T00:00:00Z',
      CloudPubSubDeadLetterSourceDeliveryCount: '5',
    },
    messageId: 'm1',
    message_id: 'old',
    publishTime: '2026-01-01T00:00:01Z',
    publish_time: 'old',
  },
  subscription: 'projects/p/subscriptions/s',
  deliveryAttempt: 3,
};

describe('decodePush', () => {
  it.each([
    ['bytes', Buffer.from(JSON.stringify(PUSH))],
    ['text', JSON.stringify(PUSH)],
    ['what a framework parsed', PUSH],
    ['bytes with a byte order mark', Buffer.from(`\uFEFF${JSON.stringify(PUSH)}`)],
  ])('reads a push body as %s', (_name, body) => {
    const decoded = message(decodePush(body));
    expect(Buffer.from(decoded.data).toString()).toBe(ENTRY);
    expect(decoded).toMatchObject({
      messageId: 'm1',
      publishTime: '2026-01-01T00:00:01Z',
      subscription: 'projects/p/subscriptions/s',
      deliveryAttempt: 3,
    });
    expect(decoded.attributes.get('CloudPubSubDeadLetterSourceDeliveryCount')).toBe('5');
  });

  it('takes snake case alone, and no attributes', () => {
    const decoded = message(decodePush({ message: { data: DATA, message_id: 'm', publish_time: 't' } }));
    expect(decoded).toMatchObject({ messageId: 'm', publishTime: 't' });
    expect(decoded.attributes.size).toBe(0);
    expect('deliveryAttempt' in decoded || 'subscription' in decoded).toBe(false);
  });

  it('takes no dead-letter policy (0) for no attempt', () => {
    expect(message(decodePush({ ...PUSH, deliveryAttempt: 0 })).deliveryAttempt).toBeUndefined();
  });

  it('does not read attributes from the prototype', () => {
    const body = '{"message":{"data":"eA==","attributes":{"__proto__":"a","constructor":"b"}}}';
    expect([...message(decodePush(body)).attributes]).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });

  const EVENT = {
    specversion: '1.0',
    id: 'e1',
    time: '2026-01-01T00:00:02Z',
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
    source: '//pubsub.googleapis.com/projects/p/topics/t',
  };

  it.each(['application/cloudevents+json', 'application/cloudevents+json; charset=utf-8', undefined])(
    'reads a structured CloudEvent (%s)',
    (type) => {
      const event = message(decodePush({ ...EVENT, data: PUSH }, { 'content-type': type }));
      expect(event).toMatchObject({ messageId: 'm1', deliveryAttempt: 3 });
      expect(text(event)).toBe(ENTRY);
    },
  );

  it('takes id and time of the event where the message has none', () => {
    const event = { ...EVENT, data: { message: { data: DATA } } };
    expect(message(decodePush(event))).toMatchObject({ messageId: 'e1', publishTime: EVENT.time });
  });

  it('reads data_base64 of a structured CloudEvent', () => {
    const packed = Buffer.from(JSON.stringify(PUSH)).toString('base64');
    expect(text(decodePush({ ...EVENT, data_base64: packed }))).toBe(ENTRY);
  });

  it('reads a binary CloudEvent', () => {
    const headers = {
      'ce-id': 'e1',
      'ce-type': EVENT.type,
      'ce-source': EVENT.source,
      'ce-specversion': '1.0',
    };
    expect(text(decodePush(JSON.stringify(PUSH), headers))).toBe(ENTRY);
    expect(message(decodePush({ message: { data: DATA } }, headers)).messageId).toBe('e1');
  });

  it('reads background events, whose data is the message', () => {
    const context = { eventId: 'b1', timestamp: 't1', eventType: 'google.pubsub.topic.publish' };
    const data = {
      '@type': 'type.googleapis.com/google.pubsub.v1.PubsubMessage',
      data: DATA,
      attributes: { a: 'b' },
    };
    for (const body of [
      { context, data },
      { ...context, data },
    ]) {
      const decoded = message(decodePush(body));
      expect(text(decoded)).toBe(ENTRY);
      expect(decoded).toMatchObject({ messageId: 'b1', publishTime: 't1' });
    }
    expect(text(decodePush({ ...EVENT, type: 'google.pubsub.topic.publish', data }))).toBe(ENTRY);
  });

  it('keeps the text of a LogEntry that a CloudEvent or an unwrapped push carries', () => {
    const type = 'google.cloud.audit.log.v1.written';
    expect(text(decodePush(`{"specversion":"1.0","type":"${type}","id":"e","data": ${ENTRY}}`))).toBe(ENTRY);
    expect(text(decodePush(ENTRY, { 'ce-type': type, 'ce-id': 'e' }))).toBe(ENTRY);
    const headers = { 'x-goog-pubsub-message-id': 'm9', 'x-goog-pubsub-subscription-name': 's' };
    expect(text(decodePush(ENTRY, headers))).toBe(ENTRY);
    expect(message(decodePush(ENTRY, headers))).toMatchObject({ messageId: 'm9', subscription: 's' });
  });

  it('takes URL-safe, unpadded and wrapped base64', () => {
    const bytes = Buffer.from([251, 255, 190, 1]);
    for (const data of ['+/++AQ==', '-_--AQ==', '-_--AQ', '+/++\r\nAQ==\n']) {
      expect(message(decodePush({ message: { data } })).data).toEqual(bytes);
    }
  });

  it.each([
    ['envelope-shape', ''],
    ['envelope-shape', undefined],
    ['envelope-shape', null],
    ['envelope-shape', '[]'],
    ['envelope-shape', '{}'],
    ['envelope-shape', { message: 'x' }],
    [
      'envelope-shape',
      { specversion: '1.0', type: 'google.cloud.storage.object.v1.finalized', data: { bucket: 'b' } },
    ],
    ['envelope-not-json', '{"message":'],
    ['envelope-not-json', Buffer.from([0xff, 0xfe])],
    ['data-not-base64', { message: { data: 'not base64!' } }],
    ['data-not-base64', { message: { data: 'AAAAA' } }],
    ['data-not-base64', { message: { data: 'AA==AAAA' } }],
    ['data-not-base64', { message: { data: 7 } }],
    ['data-empty', { message: { data: '', messageId: 'm' } }],
    ['data-empty', { message: { attributes: { a: 'b' }, messageId: 'm' } }],
  ])('%s: %j', (code, body) => {
    const refused = refusal(decodePush(body));
    expect(refused.code).toBe(code);
    expect(refused.reason.length * refused.hint.length).toBeGreaterThan(0);
  });

  it('keeps of a refused message what is the same at each delivery', () => {
    const [first, second] = [1, 2].map((deliveryAttempt) =>
      refusal(decodePush({ message: { data: '!', messageId: 'm' }, deliveryAttempt })),
    );
    expect(first?.raw).toEqual(second?.raw);
    expect(Buffer.from(first?.raw ?? []).toString()).toContain('"messageId":"m"');
  });

  it('never throws on any body and headers', () => {
    const headers = fc.dictionary(fc.constantFrom('ce-type', 'ce-id', 'content-type'), fc.string());
    const body = fc.oneof(
      fc.anything(),
      fc.json(),
      fc.uint8Array(),
      fc.record({ message: fc.anything(), data: fc.anything() }),
    );
    fc.assert(
      fc.property(body, headers, (value, given) => {
        const decoded = decodePush(value, given);
        expect('kind' in decoded || decoded.data instanceof Uint8Array).toBe(true);
      }),
    );
  });

  it('decodes what base64 encodes and refuses any other character', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1 }),
        fc.nat(),
        fc.constantFrom('!', '.', '\u00e9', '*'),
        (bytes, at, bad) => {
          const data = Buffer.from(bytes).toString('base64');
          expect(message(decodePush({ message: { data } })).data).toEqual(Buffer.from(bytes));
          const cut = at % (data.length + 1);
          expect(
            refusal(decodePush({ message: { data: data.slice(0, cut) + bad + data.slice(cut) } })).code,
          ).toBe('data-not-base64');
        },
      ),
    );
  });
});
