/** Deliverers over a real store, with a clock that a test moves and channels that answer as it says. */
import { createDeliverer, type Deliverer } from '../../shared/alerts/deliver.ts';
import type { Channel, Notice, SendResult, Sent } from '../../shared/alerts/notice.ts';
import type { AlertStore } from '../../shared/alerts/store.ts';
import { later } from '../../shared/alerts/times.ts';
import type { Alerting } from '../../schemas/alerting.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { T0 } from './findings.ts';

export interface Told {
  readonly channel: string;
  readonly at: string;
  readonly notice: Notice;
  readonly sent: Sent | undefined;
}

export type Answer = (told: Told) => SendResult | Promise<SendResult>;

export interface Simulation {
  readonly now: () => string;
  /** Seconds since the start. */
  readonly seconds: () => number;
  wait(seconds: number): void;
  /** What the channels took. */
  readonly told: readonly Told[];
  /** What they were asked, taken or not. */
  readonly asked: readonly Told[];
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** One more deliverer, as another instance would be. */
  start(): Deliverer;
}

const FAR = later(T0, 1e11);

/** Sends what is due now. */
export const run = (deliverer: Deliverer): Promise<void> => deliverer.deliverDue(FAR);

export function simulate(
  store: AlertStore,
  alerting: Alerting,
  answers: Readonly<Record<string, Answer>> = {},
): Simulation {
  let now = T0;
  const told: Told[] = [];
  const asked: Told[] = [];
  const log: Record<string, unknown>[] = [];
  let refs = 0;
  let leases = 0;
  const take: Answer = () => ({ kind: 'sent', ref: `ref-${(refs += 1)}` });
  const channel = (name: string): Channel => ({
    name,
    kind: 'webhook',
    async send(notice, sent) {
      const one = { channel: name, at: now, notice, sent };
      asked.push(one);
      const result = await (answers[name] ?? take)(one);
      if (result.kind === 'sent') told.push(one);
      return result;
    },
  });
  const channels = new Map(['log', ...Object.keys(alerting.channels)].map((name) => [name, channel(name)]));
  return {
    now: () => now,
    seconds: () => (Date.parse(now) - Date.parse(T0)) / 1000,
    wait: (seconds) => void (now = later(now, seconds * 1000)),
    told,
    asked,
    log,
    start: () =>
      createDeliverer({
        store,
        channels,
        alerting,
        describe: () => ({ why: 'because', runbook: ['look'] }),
        now: () => now,
        newLease: () => `lease ${(leases += 1)}`,
        logger: createLogger((line) => log.push(JSON.parse(line))),
      }),
  };
}
