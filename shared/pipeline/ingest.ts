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
import type { Source } from '../sources/source.ts';
import type { Fate } from './commit.ts';
import type { GroupCommitter } from './group-commit.ts';
import type { Prepared, Preparer, RoutedName } from './prepare.ts';

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
}

export interface Ingested {
  readonly messageId: string | undefined;
  readonly deliveryAttempt: number | undefined;
  readonly prepared: readonly Prepared[];
  readonly fates: readonly Fate[];
}

/**
 * Resolves after the commit that holds every entry of the message.
 * @throws JobtrailError of disposition `retry`: answer 503.
 */
export async function ingestPush(
  ingest: Ingest,
  body: Uint8Array,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Promise<Ingested> {
  const message = decodePush(body, headers);
  if ('kind' in message) return finish(ingest, undefined, [prepareOne(ingest, message)], body.length);
  const attempt = message.deliveryAttempt ?? 1;
  if (attempt >= ingest.attempts.rawFrom) return keepRaw(ingest, message, attempt);
  const prepared = decodeMessage(ingest, message).map((decoded) => prepareOne(ingest, decoded));
  return finish(ingest, message, prepared, message.data.length);
}

/** A crash while a source looks at foreign text would come back with every delivery: the message is kept raw instead. */
function decodeMessage(ingest: Ingest, message: PubsubMessage): readonly Decoded[] {
  try {
    return decodeEntry(message.data, {
      ordinalOf: ordinals(),
      adopt: (record) => ingest.source.adopt?.(record),
    });
  } catch (error) {
    const problem = {
      code: 'normaliser-crash',
      reason: `The decoding of this message failed: ${messageOf(error)}`,
      hint: 'Report it with the raw text kept here; the message can be redriven after the fix.',
    } as const;
    return [undecodable(problem, message.data, () => 0)];
  }
}

const prepareOne = (ingest: Ingest, decoded: Decoded): Prepared =>
  ingest.preparer.prepare(decoded, ingest.now());

async function finish(
  ingest: Ingest,
  message: PubsubMessage | undefined,
  prepared: readonly Prepared[],
  bytes: number,
): Promise<Ingested> {
  const attempt = message?.deliveryAttempt ?? 1;
  const fates =
    attempt >= ingest.attempts.aloneFrom
      ? await ingest.committer.submitAlone(prepared)
      : await ingest.committer.submit(prepared, bytes);
  return { messageId: message?.messageId, deliveryAttempt: message?.deliveryAttempt, prepared, fates };
}

/** The end of the line before the dead-letter topic: no decoding, no normalising, nothing that can crash again. */
async function keepRaw(ingest: Ingest, message: PubsubMessage, attempt: number): Promise<Ingested> {
  const raw: UndecodableEntry = {
    kind: 'undecodable',
    code: 'delivery-exhausted',
    reason: `The message was delivered ${attempt} times and never handled to its end.`,
    hint: 'Look for errors of this function with the same message id; redrive the raw text after the fix.',
    raw: message.data,
    ordinal: 0,
  };
  const source: RoutedName = ingest.source.name;
  const prepared = ingest.preparer.quarantine(raw, source, raw.code, raw.reason, raw.hint, ingest.now());
  return finish(ingest, message, [prepared], message.data.length);
}
