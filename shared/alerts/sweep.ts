/** The net under the topic: findings that no episode has, and whatever is due. */
import { randomUUID } from 'node:crypto';
import type { Bundle } from '../config/bundle.ts';
import { type Logger, SILENT } from '../observe/log.ts';
import { createDeliverer, type Deliverer } from './deliver.ts';
import { describeRules } from './describe.ts';
import type { Channel, Notice, SendResult } from './notice.ts';
import { withFallback } from './routes.ts';
import type { AlertStore } from './store.ts';
import { later, MINUTE_MS } from './times.ts';

const PAGE = 500;
const BEGINNING = '1970-01-01T00:00:00.000000000Z';
const SEND_MS = 10 * MINUTE_MS;

/** Puts what is stored since `since` and in no episode into episodes. @returns how many findings that were */
export async function claimLost(
  store: AlertStore,
  deliverer: Deliverer,
  since: string,
  logger: Logger,
): Promise<number> {
  let last: string | undefined;
  let count = 0;
  for (;;) {
    const lost = await store.unclaimedFindings(since, PAGE);
    const first = lost[0]?.id;
    // The same again: what cannot be claimed must not keep the sweep from sending.
    if (first === undefined || first === last) return count;
    logger.log('INFO', 'findings taken by the sweep', { count: lost.length });
    await deliverer.accept(lost);
    count += lost.length;
    if (lost.length < PAGE) return count;
    last = first;
  }
}

export interface Sending {
  readonly channel: string;
  readonly kind: Channel['kind'];
  readonly notice: Notice;
  readonly result: SendResult;
}

export interface Sweep {
  /** Findings put into episodes. */
  readonly claimed: number;
  /** In the order they were sent. */
  readonly sendings: readonly Sending[];
}

/**
 * One sweep over all that is stored: how alerts are sent where no `deliver` runs.
 * @param channels of the bundle's configuration (`createChannels`), with the fallback (`withFallback`)
 * @param now time of rows
 * @throws JobtrailError of the store
 */
export async function sweepOnce(
  store: AlertStore,
  channels: ReadonlyMap<string, Channel>,
  bundle: Pick<Bundle, 'config' | 'detections'>,
  now: () => string,
  logger: Logger = SILENT,
): Promise<Sweep> {
  const sendings: Sending[] = [];
  const told = new Map(
    [...channels].map(([name, channel]): [string, Channel] => [
      name,
      {
        ...channel,
        async send(notice, sent) {
          const result = await channel.send(notice, sent);
          sendings.push({ channel: name, kind: channel.kind, notice, result });
          return result;
        },
      },
    ]),
  );
  const deliverer = createDeliverer({
    store,
    channels: told,
    alerting: withFallback(bundle.config),
    describe: describeRules(bundle.detections),
    now,
    newLease: randomUUID,
    logger,
  });
  const claimed = await claimLost(store, deliverer, BEGINNING, logger);
  await deliverer.deliverDue(later(now(), SEND_MS));
  return { claimed, sendings };
}
