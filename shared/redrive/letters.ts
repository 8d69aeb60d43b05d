/**
 * The subscription that holds dead letters, pulled by request. What was pulled is nobody else's while its lease is renewed, so that a
 * dry run over many letters meets each once; whatever is not acknowledged is given back at the end.
 * https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions/pull
 */
import * as z from 'zod';
import { errorOf, patient, type GoogleApi } from '../backfill/google-api.ts';
import { askJson } from '../google-api/json.ts';

export interface SubscriptionOptions {
  readonly api: GoogleApi;
  /** `https://pubsub.googleapis.com`, or that of a server that answers as it does. */
  readonly baseUrl: string;
  /** `projects/P/subscriptions/S` */
  readonly subscription: string;
  /** It is empty when nothing came for so long: Pub/Sub answers with nothing now and then while there is more. */
  readonly waitMs?: number | undefined;
  /** For which a run that was killed holds what it had pulled. */
  readonly leaseSeconds?: number | undefined;
}

const LEASE_SECONDS = 10;
/** Of a lease, until it is renewed. */
const RENEW_AFTER = 0.3;
const WAIT_MS = 10_000;
/** Messages of one pull. */
const PULL = 100;
/** Between two pulls that brought nothing. */
const PAUSE_MS = 500;
/** Of one request, which is at most 512 kB. */
const MAX_ACK_IDS = 1000;

const Pulled = z.object({
  receivedMessages: z
    .array(
      z.object({
        ackId: z.string(),
        message: z.object({
          data: z.string().default(''),
          attributes: z.record(z.string(), z.string()).default({}),
          messageId: z.string(),
          publishTime: z.string().default(''),
        }),
      }),
    )
    .default([]),
});
export type Letter = z.infer<typeof Pulled>['receivedMessages'][number];

export interface Letters {
  /** At most so many, each message once however often it comes; none when the subscription is empty. */
  readonly pull: (most: number) => Promise<readonly Letter[]>;
  readonly acknowledge: (letters: readonly Letter[]) => Promise<void>;
  /** Gives back at once what is not acknowledged; where that fails its leases end by themselves. */
  readonly close: () => Promise<void>;
}

export function openLetters(options: SubscriptionOptions): Letters {
  const { api, waitMs = WAIT_MS, leaseSeconds = LEASE_SECONDS } = options;
  const seen = new Set<string>();
  const held = new Set<string>();
  const lease = async (ids: Iterable<string>, ackDeadlineSeconds: number): Promise<void> => {
    for (const ackIds of parts(ids))
      await call(options, 'modifyAckDeadline', { ackIds, ackDeadlineSeconds }, Done);
  };
  // One that was not renewed in time is pulled again, and is known then.
  const renew = (): void => void lease(held, leaseSeconds).catch(() => undefined);
  const renewing = setInterval(renew, leaseSeconds * 1000 * RENEW_AFTER);
  renewing.unref();

  return {
    async pull(most) {
      const until = api.clock.now() + waitMs;
      for (;;) {
        const pulled = await pullOnce(options, Math.min(PULL, most));
        for (const { ackId } of pulled) held.add(ackId);
        const fresh = pulled.filter(({ message }) => !seen.has(message.messageId));
        for (const { message } of fresh) seen.add(message.messageId);
        if (pulled.length > 0)
          await lease(
            pulled.map(({ ackId }) => ackId),
            leaseSeconds,
          );
        if (fresh.length > 0 || api.clock.now() >= until) return fresh;
        await api.clock.sleep(PAUSE_MS);
      }
    },
    async acknowledge(letters) {
      for (const some of parts(letters.map(({ ackId }) => ackId))) {
        await call(options, 'acknowledge', { ackIds: some }, Done);
        for (const ackId of some) held.delete(ackId);
      }
    },
    async close() {
      clearInterval(renewing);
      await lease(held, 0).catch(() => undefined);
    },
  };
}

/**
 * At once, also where there is nothing: what the server hands to a request that nobody waits for any more is held all the same, by
 * the deadline of the subscription.
 */
async function pullOnce(options: SubscriptionOptions, maxMessages: number): Promise<readonly Letter[]> {
  const { receivedMessages } = await call(options, 'pull', { maxMessages, returnImmediately: true }, Pulled);
  return receivedMessages;
}

/** Of what only says that it was done. */
const Done = z.object({});

async function call<T>(
  { api, baseUrl, subscription }: SubscriptionOptions,
  method: 'pull' | 'acknowledge' | 'modifyAckDeadline',
  body: object,
  schema: z.ZodType<T>,
): Promise<T> {
  const url = `${baseUrl.replace(/\/$/, '')}/v1/${subscription}:${method}`;
  const answer = await askJson(patient(api), { url, method: 'POST', body }, schema);
  if (answer.kind === 'refused') throw errorOf(api, answer);
  return answer.value;
}

function* parts(ackIds: Iterable<string>): Generator<readonly string[], void, undefined> {
  const all = [...ackIds];
  for (let at = 0; at < all.length; at += MAX_ACK_IDS) yield all.slice(at, at + MAX_ACK_IDS);
}
