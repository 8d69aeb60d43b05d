/** What a try to send makes of a delivery. Pure; the same answer at the same time gives the same next try. */
import { clip } from '../pipeline/clip.ts';
import type { SendResult } from './notice.ts';
import { dueAfterSend, type Step } from './plan.ts';
import type { Delivery, Taken } from './store.ts';
import { DAY_MS, HOUR_MS, later, MINUTE_MS } from './times.ts';

const FIRST_BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 10 * MINUTE_MS;
/** More is not believed of Retry-After. */
const MAX_AFTER_MS = HOUR_MS;
const GIVE_UP_AFTER_MS = DAY_MS;

/** Before the send: from here on a cut is seen. */
export const begun = (delivery: Delivery, leaseUntil: string, now: string): Delivery => ({
  ...delivery,
  sendingSince: now,
  dueAt: leaseUntil,
  heldBy: undefined,
});

/** Given back untouched, for later. */
export const released = (delivery: Delivery, dueAt: string): Delivery => ({
  ...delivery,
  lease: undefined,
  dueAt,
});

/** After the send. `taken` is what is stored now: the episode may have changed meanwhile. */
export function ended({ delivery, episode }: Taken, step: Step, result: SendResult, now: string): Delivery {
  switch (result.kind) {
    case 'sent': {
      const sent: Delivery = {
        ...delivery,
        confirmed: step.through,
        ref: result.ref ?? delivery.ref,
        sendingSince: undefined,
        attempts: 0,
        tryingSince: undefined,
        lease: undefined,
        sentAt: now,
        lastError: undefined,
        failedAt: undefined,
      };
      return { ...sent, dueAt: dueAfterSend(sent, episode, now) };
    }
    case 'retry': {
      const attempts = delivery.attempts + 1;
      const tried = {
        ...withDoubt(delivery, result),
        attempts,
        tryingSince: delivery.tryingSince ?? now,
      };
      return isOverdue(delivery, now)
        ? failed(tried, result.reason, now)
        : {
            ...tried,
            lease: undefined,
            dueAt: later(now, waitMs(attempts, result.afterMs)),
            lastError: clip(result.reason, 1024),
          };
    }
    case 'refused':
      return failed(withDoubt(delivery, result), result.reason, now);
    default:
      return result satisfies never;
  }
}

/** Where the message may be there all the same, the next try has to know, also one after giving up. */
const withDoubt = (
  delivery: Delivery,
  { maybeSent }: Exclude<SendResult, { readonly kind: 'sent' }>,
): Delivery => ({ ...delivery, sendingSince: maybeSent === true ? delivery.sendingSince : undefined });

/** Why a delivery is given up with this answer; undefined: it is not. */
export function givenUp(delivery: Delivery, result: SendResult, now: string): string | undefined {
  if (result.kind === 'refused') return result.reason;
  return result.kind === 'retry' && isOverdue(delivery, now)
    ? `${result.reason} Tried for a day.`
    : undefined;
}

const isOverdue = ({ tryingSince }: Delivery, now: string): boolean =>
  tryingSince !== undefined && now >= later(tryingSince, GIVE_UP_AFTER_MS);

const failed = (delivery: Delivery, reason: string, now: string): Delivery => ({
  ...delivery,
  lease: undefined,
  dueAt: undefined,
  failedAt: now,
  lastError: clip(reason, 1024),
});

/** 1, 2, 4 … seconds to ten minutes, or what the service asks for. */
export function waitMs(attempts: number, afterMs: number | undefined): number {
  if (afterMs !== undefined) return Math.min(Math.max(afterMs, FIRST_BACKOFF_MS), MAX_AFTER_MS);
  return Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(attempts - 1, 20), MAX_BACKOFF_MS);
}
