/**
 * The HTTP body of one delivery → the Pub/Sub message in it. Forms, each told apart by what it states about itself:
 *
 * - a push body `{message, subscription, deliveryAttempt}` (messageId and message_id, camelCase preferred);
 * - a CloudEvent around it, structured (`specversion` in the body) or binary (`ce-*` headers);
 * - background events of first-generation functions, whose `data` is the message itself;
 * - a CloudEvent `google.cloud.audit.log.v1.written`, and a push without wrapping: the body is the LogEntry.
 *
 * Sources: Pub/Sub push documentation, google-cloudevents (pubsub/v1, audit/v1), functions-framework-nodejs.
 */
import { isUtf8 } from 'node:buffer';
import { isObject, num, obj, own, str, type Json } from '../sources/fields.ts';
import { decodeBase64 } from './base64.ts';
import { structuredEvent } from './cloud-event.ts';
import type { PubsubMessage, UndecodableEntry } from './envelope.ts';
import { formOf, isLogEntry } from './forms.ts';
import { members } from './json-text.ts';
import { type Problem, undecodable } from './undecodable.ts';

export type PushHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

const AUDIT_EVENT = 'google.cloud.audit.log.v1.written';
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/** A JSON value that carries a message, with its text where numbers must survive. */
interface Carrier {
  readonly value: Json;
  readonly text: () => string;
}

/**
 * @param body the bytes or text received, or what a framework parsed of them
 * @param headers as Node gives them, names in lower case
 * @returns the message, or why there is none. Its `raw` leaves out what changes between deliveries of one message.
 */
export function decodePush(body: unknown, headers: PushHeaders = {}): PubsubMessage | UndecodableEntry {
  const text = textOf(body);
  if (text === undefined) return refused(NOT_UTF8, body);
  let value: unknown = body;
  if (typeof text === 'string') {
    try {
      value = JSON.parse(text);
    } catch {
      return refused(text.trim() === '' ? NO_BODY : NOT_JSON, body);
    }
  }
  if (!isObject(value)) return refused(value === undefined ? NO_BODY : NOT_A_MESSAGE, body);
  const parsed = value;
  const carrier: Carrier = { value, text: () => (typeof text === 'string' ? text : JSON.stringify(parsed)) };
  const found = messageOfDelivery(carrier, headers);
  return 'problem' in found ? refused(found.problem, found.of ?? body) : found;
}

/** `of` is kept instead of the whole body: the part that is the same at each delivery. */
type Refusal = { readonly problem: Problem; readonly of?: Json };

function messageOfDelivery(body: Carrier, headers: PushHeaders): PubsubMessage | Refusal {
  const type = headers['ce-type'];
  if (typeof type === 'string') {
    return type === AUDIT_EVENT
      ? entryMessage(body.text(), header(headers, 'ce-id'), header(headers, 'ce-time'))
      : messageOf(body.value, header(headers, 'ce-id'), header(headers, 'ce-time'));
  }
  const wrapped = messageOfObject(body);
  if (wrapped !== undefined) return wrapped;
  const form = formOf(body.value);
  if (form === 'entry' || form === 'reexported') {
    return entryMessage(
      body.text(),
      header(headers, 'x-goog-pubsub-message-id'),
      header(headers, 'x-goog-pubsub-publish-time'),
      header(headers, 'x-goog-pubsub-subscription-name'),
    );
  }
  return { problem: NOT_A_MESSAGE };
}

/**
 * The message of a push body, structured CloudEvent or background event; undefined where the object is none. Also
 * asked for lines of files, where such envelopes are found when someone kept what a function received.
 */
export function messageOfObject(carrier: Carrier): PubsubMessage | Refusal | undefined {
  const { value } = carrier;
  if (obj(value, 'message') !== undefined && !isLogEntry(value)) return messageOf(value);
  const type = str(value, 'type');
  if (type !== undefined && (own(value, 'specversion') !== undefined || type === AUDIT_EVENT)) {
    return messageOfEvent(carrier, type);
  }
  const context = obj(value, 'context') ?? value;
  const data = obj(value, 'data');
  if (data !== undefined && str(context, 'eventType') !== undefined) {
    return messageOf(data, str(context, 'eventId'), str(context, 'timestamp'));
  }
  return undefined;
}

function messageOfEvent({ value, text }: Carrier, type: string): PubsubMessage | Refusal {
  const id = str(value, 'id');
  const time = str(value, 'time');
  const encoded = str(value, 'data_base64');
  const bytes = encoded === undefined ? undefined : decodeBase64(encoded);
  if (type === AUDIT_EVENT) {
    const entry = bytes?.toString('utf8') ?? members(text()).get('data');
    return entry === undefined ? { problem: OTHER_EVENT } : entryMessage(entry, id, time);
  }
  const data = bytes === undefined ? own(value, 'data') : parsedOrUndefined(bytes);
  if (!isObject(data) || !carriesMessage(data)) return { problem: OTHER_EVENT };
  return messageOf(data, id, time);
}

/** `outer` is the push body, or the message itself as background events and some triggers give it. */
function messageOf(outer: Json, id?: string, time?: string): PubsubMessage | Refusal {
  const message = obj(outer, 'message') ?? outer;
  const data = own(message, 'data');
  if (!carriesMessage(outer)) return { problem: NOT_A_MESSAGE };
  if (data !== undefined && data !== null && typeof data !== 'string')
    return { problem: NOT_BASE64, of: message };
  const bytes = decodeBase64(data ?? '');
  if (bytes === undefined) return { problem: NOT_BASE64, of: message };
  if (bytes.length === 0) return { problem: DATA_EMPTY, of: message };
  const attributes = attributesOf(obj(message, 'attributes'));
  return withKnown(structuredEvent((name) => attributes.get(name), bytes) ?? bytes, attributes, {
    messageId: str(message, 'messageId') ?? str(message, 'message_id') ?? id,
    publishTime: str(message, 'publishTime') ?? str(message, 'publish_time') ?? time,
    subscription: str(outer, 'subscription'),
    deliveryAttempt: attemptOf(num(outer, 'deliveryAttempt') ?? num(outer, 'delivery_attempt')),
  });
}

/** 0 stands for a subscription without dead-letter policy. */
const attemptOf = (attempt: number | undefined): number | undefined =>
  attempt !== undefined && attempt >= 1 ? Math.trunc(attempt) : undefined;

/** A message as a subscriber pulls it. */
export interface PulledMessage {
  readonly id: string;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly publishTime: string;
  readonly subscription: string;
  /** From 1; 0 and undefined stand for a subscription without dead-letter policy. */
  readonly deliveryAttempt?: number | undefined;
}

/** The same message, or the same reason why there is none, as `decodePush` finds in the push of it. */
export function decodePulled(pulled: PulledMessage): PubsubMessage | UndecodableEntry {
  const { id, data, publishTime, subscription, deliveryAttempt } = pulled;
  if (data.length === 0) {
    const { attributes } = pulled;
    return refused(DATA_EMPTY, { data: '', attributes, messageId: id, publishTime });
  }
  const attributes = attributesOf(pulled.attributes);
  return withKnown(structuredEvent((name) => attributes.get(name), data) ?? data, attributes, {
    messageId: id,
    publishTime,
    subscription,
    deliveryAttempt: attemptOf(deliveryAttempt),
  });
}

const carriesMessage = (outer: Json): boolean =>
  obj(outer, 'message') !== undefined || ['data', 'attributes'].some((key) => Object.hasOwn(outer, key));

const entryMessage = (entry: string, id?: string, time?: string, subscription?: string): PubsubMessage =>
  withKnown(Buffer.from(entry), NO_ATTRIBUTES, {
    messageId: id,
    publishTime: time,
    subscription,
    deliveryAttempt: undefined,
  });

function withKnown(
  data: Uint8Array,
  attributes: ReadonlyMap<string, string>,
  known: { [K in 'messageId' | 'publishTime' | 'subscription']: string | undefined } & {
    deliveryAttempt: number | undefined;
  },
): PubsubMessage {
  const message: { -readonly [K in keyof PubsubMessage]: PubsubMessage[K] } = { data, attributes };
  if (known.messageId !== undefined) message.messageId = known.messageId;
  if (known.publishTime !== undefined) message.publishTime = known.publishTime;
  if (known.subscription !== undefined) message.subscription = known.subscription;
  if (known.deliveryAttempt !== undefined) message.deliveryAttempt = known.deliveryAttempt;
  return message;
}

function attributesOf(attributes: Json | undefined): ReadonlyMap<string, string> {
  if (attributes === undefined) return NO_ATTRIBUTES;
  const found = new Map<string, string>();
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (typeof value === 'string') found.set(key, value);
  }
  return found;
}

function header(headers: PushHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Text of a body of bytes or text, null where a framework parsed it, undefined where the bytes are no UTF-8. */
function textOf(body: unknown): string | null | undefined {
  if (typeof body === 'string') return body;
  if (!(body instanceof Uint8Array)) return null;
  if (!isUtf8(body)) return undefined;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const bom = bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString('utf8', bom ? 3 : 0);
}

function parsedOrUndefined(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function refused(problem: Problem, body: unknown): UndecodableEntry {
  const raw =
    body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : printed(body));
  return undecodable(problem, raw, () => 0);
}

/** JSON.stringify gives undefined for undefined and functions, and throws on cycles: neither comes out of a parser. */
function printed(body: unknown): string {
  try {
    return JSON.stringify(body) ?? '';
  } catch {
    return '';
  }
}

const PUSH_HINT = 'Point a Pub/Sub push subscription at this function; other callers are not served.';

const NO_BODY: Problem = { code: 'envelope-shape', reason: 'The request has no body.', hint: PUSH_HINT };
const NOT_UTF8: Problem = {
  code: 'envelope-not-json',
  reason: 'The body is not UTF-8 text.',
  hint: PUSH_HINT,
};
const NOT_JSON: Problem = {
  code: 'envelope-not-json',
  reason: 'The body is not valid JSON.',
  hint: PUSH_HINT,
};
const NOT_A_MESSAGE: Problem = {
  code: 'envelope-shape',
  reason:
    'The body holds no Pub/Sub message: neither a push body with `message` nor a CloudEvent around one.',
  hint: PUSH_HINT,
};
const OTHER_EVENT: Problem = {
  code: 'envelope-shape',
  reason: 'It is an event of another kind: it carries neither a Pub/Sub message nor an audit log entry.',
  hint: 'Route log entries here only: a log sink to the topic of this subscription.',
};
const DATA_EMPTY: Problem = {
  code: 'data-empty',
  reason: 'The Pub/Sub message has no data, at most attributes.',
  hint: 'A log sink always sends the entry as data: look at what else publishes to the topic.',
};
const NOT_BASE64: Problem = {
  code: 'data-not-base64',
  reason: 'The `data` of the Pub/Sub message is not base64.',
  hint: 'Pub/Sub encodes it itself: look at who else sends requests to this function.',
};
