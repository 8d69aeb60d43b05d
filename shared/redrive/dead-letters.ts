/**
 * Dead letters: pulled, through the same pipeline, committed, and only then acknowledged. Killed anywhere, what was not
 * acknowledged is pulled again, and what was stored of it is a duplicate.
 * https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions/pull
 */
import * as z from 'zod';
import { askApi, refused, unavailable, type GoogleApi } from '../backfill/google-api.ts';
import { patiently } from '../backfill/patience.ts';
import { prepareAttested } from '../pipeline/attest.ts';
import { commitPrepared, type Fate } from '../pipeline/commit.ts';
import type { Prepared } from '../pipeline/prepare.ts';
import { SOURCE_NAMES } from '../sources/source.ts';
import { storedTimestamp } from '../store/timestamp.ts';
import { entriesOf } from './reread.ts';
import type { RedriveOptions } from './quarantine.ts';
import { NO_TALLY, tallied, type Tally } from './tally.ts';

export interface DeadLetterOptions extends RedriveOptions {
  readonly api: GoogleApi;
  /** `https://pubsub.googleapis.com`, or that of a server that answers as it does. */
  readonly baseUrl: string;
  /** `projects/P/subscriptions/S` */
  readonly subscription: string;
}

export interface DeadLetterFilter {
  readonly sources?: readonly string[] | undefined;
  /** Published then or later; RFC 3339 as in rows. */
  readonly since?: string | undefined;
  /** Messages at most. */
  readonly limit?: number | undefined;
}

/** Messages of one pull. */
const PULL = 100;
/** Pub/Sub answers empty now and then while there is more. */
const EMPTY_PULLS = 3;
const EMPTY_MS = 500;
/** What is pulled is nobody else's so long: longer than a commit takes. A run that was killed holds its last pull so long. */
const LEASE_SECONDS = 30;

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
type Received = z.infer<typeof Pulled>['receivedMessages'][number];

export async function redriveDeadLetters(
  options: DeadLetterOptions,
  filter: DeadLetterFilter,
): Promise<Tally> {
  let tally = NO_TALLY;
  const seen = new Set<string>();
  const kept: string[] = [];
  try {
    for (let empty = 0; empty < EMPTY_PULLS;) {
      const left = (filter.limit ?? Number.POSITIVE_INFINITY) - tally.rows;
      if (left <= 0) break;
      const pulled = await pull(options, Math.min(PULL, left));
      // What was left alone comes back when its lease is over.
      const fresh = pulled.filter(({ message }) => !seen.has(message.messageId));
      for (const { message } of fresh) seen.add(message.messageId);
      const wanted = fresh.filter((one) => matches(one, filter, options.subscription));
      kept.push(...pulled.filter((one) => !wanted.includes(one)).map(({ ackId }) => ackId));
      if (fresh.length === 0) {
        empty += 1;
        await options.clock.sleep(EMPTY_MS);
        continue;
      }
      empty = 0;
      const { became, handled } = await patiently(
        options.clock,
        () => redriveMessages(options, wanted),
        options.onWait,
      );
      for (const one of became) tally = tallied(tally, one.source, one);
      if (options.dryRun) kept.push(...wanted.map(({ ackId }) => ackId));
      else {
        kept.push(...wanted.filter((one) => !handled.has(one)).map(({ ackId }) => ackId));
        const ackIds = [...handled].map(({ ackId }) => ackId);
        if (ackIds.length > 0) await call(options, 'acknowledge', { ackIds });
      }
      options.onBatch?.(tally);
    }
  } finally {
    await release(options, kept);
  }
  return tally;
}

async function pull(options: DeadLetterOptions, maxMessages: number): Promise<readonly Received[]> {
  const response = await call(options, 'pull', { maxMessages, returnImmediately: true });
  const parsed = Pulled.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) throw unavailable(options.api, 'its answer is of another form');
  const { receivedMessages } = parsed.data;
  if (receivedMessages.length > 0) {
    const ackIds = receivedMessages.map(({ ackId }) => ackId);
    await call(options, 'modifyAckDeadline', { ackIds, ackDeadlineSeconds: LEASE_SECONDS });
  }
  return receivedMessages;
}

async function call(
  { api, baseUrl, subscription }: DeadLetterOptions,
  method: 'pull' | 'acknowledge' | 'modifyAckDeadline',
  body: object,
): Promise<Response> {
  const response = await askApi(api, {
    url: `${baseUrl.replace(/\/$/, '')}/v1/${subscription}:${method}`,
    method: 'POST',
    body,
  });
  if (!response.ok) throw await refused(api, response);
  return response;
}

/** At once and not when the lease ends; where that fails it ends by itself. */
async function release(options: DeadLetterOptions, ackIds: readonly string[]): Promise<void> {
  for (let at = 0; at < ackIds.length; at += 1000) {
    const body = { ackIds: ackIds.slice(at, at + 1000), ackDeadlineSeconds: 0 };
    await call(options, 'modifyAckDeadline', body).catch(() => undefined);
  }
}

/**
 * The source whose subscription gave the message up, by its name or by that of the dead letters' own; `unrouted` where neither
 * tells.
 */
export function sourceOf({ message }: Pick<Received, 'message'>, subscription: string): string {
  const named = (text: string): string | undefined => {
    const parts = text.slice(text.lastIndexOf('/') + 1).split('-');
    return SOURCE_NAMES.find((name) => parts.includes(name));
  };
  const from = message.attributes['CloudPubSubDeadLetterSourceSubscription'] ?? '';
  return named(from) ?? named(subscription) ?? 'unrouted';
}

function matches(received: Received, { sources, since }: DeadLetterFilter, subscription: string): boolean {
  const published = storedTimestamp(received.message.publishTime) ?? '';
  return (
    (sources === undefined || sources.includes(sourceOf(received, subscription))) &&
    (since === undefined || published >= since)
  );
}

interface Became {
  readonly source: string;
  readonly outcome: 'stored' | 'duplicate' | 'filtered' | 'stays';
  readonly why?: string;
}

/** A notification of a file is no entry: what it names has to be read by its function. */
const isNotification = ({ message: { attributes } }: Received): boolean =>
  attributes['bucketId'] !== undefined && attributes['objectId'] !== undefined;

async function redriveMessages(
  options: DeadLetterOptions,
  messages: readonly Received[],
): Promise<{ readonly became: readonly Became[]; readonly handled: ReadonlySet<Received> }> {
  const { preparerFor, ready, now, store } = options;
  const all: { readonly received: Received; readonly prepared: readonly Prepared[] }[] = [];
  const became: Became[] = [];
  for (const received of messages) {
    if (isNotification(received)) {
      became.push({
        source: sourceOf(received, options.subscription),
        outcome: 'stays',
        why: 'file-notification',
      });
      continue;
    }
    const preparer = preparerFor(sourceOf(received, options.subscription));
    const prepared: Prepared[] = [];
    for (const decoded of entriesOf(Buffer.from(received.message.data, 'base64'))) {
      if (decoded.kind === 'entry') await ready(decoded.eventTime);
      prepared.push(await prepareAttested(preparer, decoded, now));
    }
    all.push({ received, prepared });
  }
  const items = all.flatMap(({ prepared }) => prepared);
  const context = { store, preparer: preparerFor('unrouted'), path: 'redrive', now };
  const fates: readonly Fate[] = options.dryRun
    ? await foreseen(options, items)
    : (await commitPrepared(context, items)).fates;
  const fateOf = new Map(items.map((item, index) => [item, fates[index] ?? 'filtered']));
  const handled = new Set<Received>();
  for (const { received, prepared } of all) {
    handled.add(received);
    became.push(becameOf(sourceOf(received, options.subscription), prepared, fateOf));
  }
  return { became, handled };
}

/** What is quarantined now is kept there with its reason: it stays bad, and is no dead letter any more. */
function becameOf(
  source: string,
  prepared: readonly Prepared[],
  fateOf: ReadonlyMap<Prepared, Fate>,
): Became {
  const bad = prepared.find((item) => item.kind === 'rows' && item.entry.kind === 'quarantine');
  const fates = prepared.map((item) => fateOf.get(item) ?? 'filtered');
  if (bad?.kind === 'rows')
    return { source, outcome: 'stays', why: `quarantine:${String(bad.entry.rows[0].row['Reason'])}` };
  if (fates.includes('quarantined')) return { source, outcome: 'stays', why: 'quarantine:row-refused' };
  if (fates.some((fate) => fate === 'stored' || fate === 'conflicting')) return { source, outcome: 'stored' };
  return { source, outcome: fates.includes('duplicate') ? 'duplicate' : 'filtered' };
}

async function foreseen({ store }: RedriveOptions, items: readonly Prepared[]): Promise<readonly Fate[]> {
  const idOf = (item: Prepared): string =>
    item.kind === 'rows' ? String(item.entry.rows[0].row['EventId']) : '';
  const rows = await store.eventsById([...new Set(items.map(idOf))]);
  const known = new Set(rows.map((row) => String(row['EventId'])));
  return items.map((item) => {
    if (item.kind === 'filtered') return 'filtered';
    if (item.entry.kind === 'quarantine') return 'quarantined';
    const again = known.has(idOf(item));
    known.add(idOf(item));
    return again ? 'duplicate' : 'stored';
  });
}
