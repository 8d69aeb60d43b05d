/**
 * What becomes of a message that was pulled. It is acknowledged after the commit that holds its entries and not before. While
 * the store is away it is held and tried again, so that flow control stops the stream: what waits in the subscription then
 * uses up no delivery attempts. When that has lasted too long, and at an error that nobody foresaw, Pub/Sub is told to
 * deliver it again, and counts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { decodePulled, type PulledMessage } from '../../shared/envelope/message.ts';
import { JobtrailError, messageOf } from '../../shared/errors.ts';
import type { Logger } from '../../shared/observe/log.ts';
import { ingestMessage, type Ingest, type Ingested } from '../../shared/pipeline/ingest.ts';
import { findingsIn } from '../runtime/findings-in.ts';
import type { PublishFindings } from '../runtime/findings-topic.ts';
import { noteworthy, report } from '../runtime/report.ts';
import { createGate } from './gate.ts';
import { stackOf } from '../runtime/stack.ts';

export interface Pulled extends PulledMessage {
  ack(): void;
  nack(): void;
}

export interface WorkerOptions {
  /** Asked by each message until it has come. */
  readonly ingest: () => Promise<Ingest>;
  readonly logger: Logger;
  /** Milliseconds for which a message is held while what it needs is away. */
  readonly holdMs: number;
  /** Told of new findings after their commit. */
  readonly publish?: PublishFindings | undefined;
}

export interface Worker {
  /** Resolves when the message is acknowledged or given back. Never rejects. */
  handle(message: Pulled): Promise<void>;
  /** Nothing is held from now on: what fails is given back. */
  stop(): void;
  /** The message that is here for longest, and for how many milliseconds. */
  longest(): { readonly messageId: string; readonly ms: number } | undefined;
}

/** Before the second try, and between any two, milliseconds. */
const FIRST_WAIT = 250;
const LONGEST_WAIT = 15_000;
/**
 * Messages that failed before are committed apart from each other. Pushed, there are as many at once as an instance has
 * requests; here a whole window of them may come back after an outage.
 */
const ALONE_AT_ONCE = 20;

export function createWorker({ ingest: opened, logger, holdMs, publish }: WorkerOptions): Worker {
  const stopping = new AbortController();
  const alone = createGate(ALONE_AT_ONCE);
  /** Since when, in the order in which they came. */
  const here = new Map<Pulled, number>();
  const held = new Set<Pulled>();
  let heldSince = 0;

  async function commit(message: Pulled, until: number): Promise<Ingested> {
    const ingest = await opened();
    await ingest.ready?.(ingest.now());
    const once = (): Promise<Ingested> => ingestMessage(ingest, decodePulled(message));
    if ((message.deliveryAttempt ?? 1) < ingest.attempts.aloneFrom) return once();
    return alone(() => {
      // Its lease ends soon after, and then it is somebody else's.
      if (performance.now() >= until) throw waitedTooLong(holdMs);
      return once();
    });
  }

  function settle(message: Pulled, ingested: Ingested): void {
    message.ack();
    if (noteworthy(ingested, ingested.fates)) report(logger, ingested, ingested.fates);
    const found = findingsIn(ingested.prepared, ingested.fates);
    if (found.length > 0) {
      publish?.(found).catch((error: unknown) => logger.log('WARNING', messageOf(error), { at: 'publish' }));
    }
  }

  /** False where it is not to be held any longer. */
  async function hold(message: Pulled, error: unknown, wait: number, until: number): Promise<boolean> {
    const passes = error instanceof JobtrailError && error.disposition === 'retry';
    if (!passes || stopping.signal.aborted || performance.now() + wait >= until) return false;
    // One line for an outage, not one for each message of it.
    if (held.size === 0) {
      heldSince = performance.now();
      logger.log('WARNING', 'messages are held', { code: error.code, reason: error.message });
    }
    held.add(message);
    await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    return true;
  }

  function release(message: Pulled): void {
    here.delete(message);
    if (!held.delete(message) || held.size > 0) return;
    logger.log('INFO', 'no message is held any more', {
      seconds: Math.round((performance.now() - heldSince) / 1000),
    });
  }

  function giveBack(message: Pulled, error: unknown): void {
    message.nack();
    const { id: messageId, deliveryAttempt } = message;
    const known = error instanceof JobtrailError;
    // A window of messages that is given back because the worker ends is no fault of any of them.
    if (stopping.signal.aborted && known && error.disposition === 'retry') return;
    logger.log('ERROR', messageOf(error), {
      messageId,
      deliveryAttempt,
      code: known ? error.code : 'unexpected',
      stack: stackOf(error),
    });
  }

  return {
    async handle(message) {
      const since = performance.now();
      const until = since + holdMs;
      here.set(message, since);
      try {
        for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
          try {
            settle(message, await commit(message, until));
            return;
          } catch (error) {
            if (await hold(message, error, wait, until)) continue;
            giveBack(message, error);
            return;
          }
        }
      } finally {
        release(message);
      }
    },
    stop: () => stopping.abort(),
    longest() {
      for (const [{ id: messageId }, since] of here) return { messageId, ms: performance.now() - since };
      return undefined;
    },
  };
}

const waitedTooLong = (ms: number): JobtrailError =>
  new JobtrailError(
    'overloaded',
    `The message waited ${ms} ms to be committed by itself, behind others that failed before.`,
    'It is delivered again; look at why messages fail, and at the latency of commits.',
  );
