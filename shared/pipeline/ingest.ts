/**
 * The way of one Pub/Sub message: body → message → entries → prepared → committed. This is what a function calls;
 * everything that crosses a process is handed in.
 */
import type { Decoded, PubsubMessage, UndecodableEntry } from '../envelope/envelope.ts';
import { decodeEntry } from '../envelope/entry.ts';
import { decodePush } from '../envelope/message.ts';
import { ordinals } from '../envelope/event-id.ts';
import { undecodable } from '../envelope/undecodable.ts';
import { messageOf } from '../errors.ts';
import type { ForeignRecord, Source } from '../sources/source.ts';
import { prepareAttested } from './attest.ts';
import type { Fate } from './commit.ts';
import type { GroupCommitter, Settled } from './group-commit.ts';
import type { Prepared, Preparer } from './prepare.ts';

export interface AttemptPolicy {
  /** From this delivery attempt on a message is committed apart from its neighbours. */
  readonly aloneFrom: number;
  /** From this attempt on it is kept raw in quarantine without normalising. Below the dead-letter limit (100). */
  readonly rawFrom: number;
}

export const DEFAULT_ATTEMPTS: AttemptPolicy = { aloneFrom: 5, rawFrom: 90 };

export interface Ingest {
  readonly source: Source;
  readonly preparer: Preparer;
  readonly committer: GroupCommitter;
  readonly now: () => string;
  readonly attempts: AttemptPolicy;
  /**
   * Undefined at once where it is known what is in force at an event time; else settles when it is.
   * @param time RFC 3339, UTC, nine fraction digits, `Z`
   */
  readonly ready?: (time: string) => Promise<void> | undefined;
}

/** A delivery up to its rows, before anything is stored. */
export interface Received {
  readonly message: PubsubMessage | undefined;
  readonly prepared: readonly Prepared[];
  readonly bytes: number;
}

/**
 * Body → message → entries → prepared. Never throws.
 * @param body the bytes received, or what the framework parsed of them
 */
export function receivePush(
  ingest: Ingest,
  body: unknown,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Received {
  return receive(ingest, openMessage(ingest, decodePush(body, headers)));
}

const receive = (ingest: Ingest, { message, entries, bytes }: Opened): Received => ({
  message,
  prepared: entries.map((decoded) => prepareOne(ingest, decoded)),
  bytes,
});

/**
 * The same for a source whose entries may carry a proof.
 * @throws JobtrailError of disposition `retry`: a proof cannot be judged now.
 */
async function receiveAttested(ingest: Ingest, opened: Opened): Promise<Received> {
  const { message, entries, bytes } = opened;
  const prepared = await Promise.all(
    entries.map(async (decoded) => prepareAttested(ingest.preparer, decoded, ingest.now)),
  );
  return { message, prepared, bytes };
}

interface Opened {
  readonly message: PubsubMessage | undefined;
  readonly entries: readonly Decoded[];
  readonly bytes: number;
}

function openMessage(ingest: Ingest, message: PubsubMessage | UndecodableEntry): Opened {
  if ('kind' in message) return { message: undefined, entries: [message], bytes: message.raw.length };
  const { length: bytes } = message.data;
  const attempt = message.deliveryAttempt ?? 1;
  if (attempt >= ingest.attempts.rawFrom) return { message, entries: [keptRaw(message, attempt)], bytes };
  return { message, entries: decodeMessage(ingest, message), bytes };
}

/**
 * Calls back after the commit that holds every entry of the delivery, or with the error that kept it from being
 * committed. A callback and not a promise: this is paid for each request, and the framework makes promises dear.
 */
export function commitReceived(ingest: Ingest, received: Received, settled: Settled): void {
  const { message, prepared, bytes } = received;
  if ((message?.deliveryAttempt ?? 1) >= ingest.attempts.aloneFrom) {
    ingest.committer.submitAlone(prepared).then((fates) => settled(undefined, fates), settled);
  } else {
    ingest.committer.enqueue(prepared, bytes, settled);
  }
}

function decodeMessage(ingest: Ingest, message: PubsubMessage): readonly Decoded[] {
  const context = {
    ordinalOf: ordinals(),
    adopt: (record: ForeignRecord) => ingest.source.adopt?.(record),
  };
  return decodeOrKeep(() => decodeEntry(message.data, context), message.data);
}

/** A delivery whose every entry is committed. */
export interface Ingested {
  readonly message: PubsubMessage | undefined;
  readonly prepared: readonly Prepared[];
  readonly fates: readonly Fate[];
}

/**
 * Both steps, for edges where a promise costs little.
 * @throws JobtrailError of disposition `retry`: answer 503.
 */
export const ingestPush = (
  ingest: Ingest,
  body: unknown,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Promise<Ingested> => ingestMessage(ingest, decodePush(body, headers));

/**
 * The same for a message that was taken out of its envelope.
 * @throws JobtrailError of disposition `retry`: it has to come again.
 */
export async function ingestMessage(
  ingest: Ingest,
  message: PubsubMessage | UndecodableEntry,
): Promise<Ingested> {
  const opened = openMessage(ingest, message);
  const received =
    ingest.source.credential === undefined ? receive(ingest, opened) : await receiveAttested(ingest, opened);
  return new Promise((resolve, reject) => {
    commitReceived(ingest, received, (error, fates) =>
      fates === undefined ? reject(error) : resolve({ ...received, fates }),
    );
  });
}

/** A crash while a source looks at foreign text would come back with every delivery: the bytes are kept raw instead. */
export function decodeOrKeep(decode: () => readonly Decoded[], data: Uint8Array): readonly Decoded[] {
  try {
    return decode();
  } catch (error) {
    const problem = {
      code: 'normaliser-crash',
      reason: `The decoding of this message failed: ${messageOf(error)}`,
      hint: 'Report it with the raw text kept here; the message can be redriven after the fix.',
    } as const;
    return [undecodable(problem, data, () => 0)];
  }
}

const prepareOne = (ingest: Ingest, decoded: Decoded): Prepared =>
  ingest.preparer.prepare(decoded, ingest.now());

/** The end of the line before the dead-letter topic: no decoding, no normalising, nothing that can crash again. */
function keptRaw(message: PubsubMessage, attempt: number): UndecodableEntry {
  return {
    kind: 'undecodable',
    code: 'delivery-exhausted',
    reason: `The message was delivered ${attempt} times and never handled to its end.`,
    hint: 'Look for errors of this function with the same message id; redrive the raw text after the fix.',
    raw: message.data,
    ordinal: 0,
  };
}
