/**
 * Findings into episodes, and episodes to channels. All state is in the store, so that any number of these run beside each
 * other and any of them may be killed anywhere: a delivery is leased, marked before its send and settled after it.
 */
import type { Alerting } from '../../schemas/alerting.ts';
import type { Finding } from '../detections/finding.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../observe/log.ts';
import { coalesce } from './coalesce.ts';
import type { Channel, SendResult } from './notice.ts';
import { type DescribeRule, noticeOf, sentBefore } from './notice-of.ts';
import { begun, ended, givenUp, released, waitMs } from './outcome.ts';
import { createPlan, type Due, dueNow, settledDelivery } from './plan.ts';
import { withSilences } from './silences.ts';
import type { AlertStore, Delivery, Taken } from './store.ts';
import { later } from './times.ts';
import { undeliveredFinding } from './undelivered.ts';

/** Longer than any channel's deadline for one send: what is still leased is still being sent. */
const LEASE_MS = 120_000;
/** Deliveries taken at once: sent one after the other, each with its lease renewed. */
const TAKE = 20;
/** A channel that fails so often in a row is left alone for a while: each try may last as long as its deadline. */
const FAILURES_IN_A_ROW = 3;
const BREATH_MS = 10_000;
/** Findings of one transaction. */
const CLAIM = 200;

export interface DelivererOptions {
  readonly store: AlertStore;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly alerting: Alerting;
  readonly describe: DescribeRule;
  /** Time of rows. */
  readonly now: () => string;
  /** Unique for each call. */
  readonly newLease: () => string;
  readonly logger: Logger;
}

export interface Deliverer {
  /** Puts findings into episodes; what they make due is not sent yet. */
  accept(findings: readonly Finding[]): Promise<void>;
  /**
   * Sends what is due until nothing is, or until `until`. What a channel refuses or postpones is written down and is no error.
   * @throws JobtrailError of the store
   */
  deliverDue(until: string): Promise<void>;
}

export function createDeliverer(options: DelivererOptions): Deliverer {
  const { store, channels, describe, now, logger } = options;
  /** The configuration with the silences that are stored now. */
  const alertingNow = async (): Promise<Alerting> =>
    withSilences(options.alerting, await store.silences(now()));
  /** Channel → until when it wants to be left alone. Each instance finds out by itself. */
  const paused = new Map<string, string>();
  const failures = new Map<string, number>();

  const accept = coalesce(async (all: readonly (readonly Finding[])[]) => {
    const findings = all.flat();
    if (findings.length === 0) return;
    const plan = createPlan(await alertingNow());
    for (let at = 0; at < findings.length; at += CLAIM) {
      await store.claim(findings.slice(at, at + CLAIM), now(), plan);
    }
  });

  const deliverDue = coalesce(async (untils: readonly string[]) => {
    const until = untils.reduce((a, b) => (a > b ? a : b));
    // A channel that fails makes others due.
    for (;;) {
      const due = (await store.dueChannels(now())).filter((name) => !isPaused(name));
      if (due.length === 0 || now() >= until) return;
      const alerting = await alertingNow();
      await Promise.all(due.map((name) => drain(name, until, alerting)));
    }
  });

  const isPaused = (name: string): boolean => (paused.get(name) ?? '') > now();

  async function drain(name: string, until: string, alerting: Alerting): Promise<void> {
    while (!isPaused(name) && now() < until) {
      const lease = options.newLease();
      const taken = await store.takeDue(name, now(), lease, later(now(), LEASE_MS), TAKE);
      if (taken.length === 0) return;
      for (const delivery of taken) await one(delivery, lease, alerting);
    }
  }

  async function one(delivery: Delivery, lease: string, alerting: Alerting): Promise<void> {
    const pause = paused.get(delivery.channel);
    if (pause !== undefined && pause > now()) {
      await store.update(delivery, lease, (taken) => released(taken.delivery, pause));
      return;
    }
    let due: Due = { kind: 'nothing' };
    let before: Delivery = delivery;
    const taken = await store.update(delivery, lease, (stored) => {
      before = stored.delivery;
      due = dueNow(stored.delivery, stored.episode, alerting, now());
      return prepared(stored, due);
    });
    if (taken === undefined) return;
    await send(taken, before, lease, due, alerting);
  }

  function prepared({ delivery, episode }: Taken, due: Due): Delivery {
    switch (due.kind) {
      case 'send':
        return begun(delivery, later(now(), LEASE_MS), now());
      case 'hold':
        return { ...released(delivery, due.hold.until), heldBy: due.hold.by };
      case 'nothing':
        return settledDelivery(delivery, episode);
      default:
        return due satisfies never;
    }
  }

  async function send(
    { delivery, episode }: Taken,
    before: Delivery,
    lease: string,
    due: Due,
    alerting: Alerting,
  ): Promise<void> {
    if (due.kind !== 'send') return;
    const notice = noticeOf(episode, due.step.change, describe, alerting.runbooks);
    const result = await sendTo(channels.get(delivery.channel), notice, sentBefore(before));
    const about = { channel: delivery.channel, rule: episode.rule, episode: episode.id, n: episode.n };
    if (result.kind === 'retry') {
      logger.log('WARNING', 'alert not delivered yet', { ...about, reason: result.reason });
    }
    pace(delivery.channel, result);
    const reason = givenUp(delivery, result, now());
    if (reason !== undefined) {
      logger.log('ERROR', 'alert not delivered', { ...about, reason });
      // First the alert about it, then the end of it: a kill in between finds the same once more.
      const finding = undeliveredFinding(episode, delivery.channel, reason, now());
      if (finding !== undefined) await store.claim([finding], now(), createPlan(alerting));
    }
    const settled = await store.update(delivery, lease, (stored) => ended(stored, due.step, result, now()));
    if (settled === undefined) logger.log('WARNING', 'alert took longer than its lease', about);
  }

  /** What a service asks of one message, it asks of the whole channel. */
  function pace(channel: string, result: SendResult): void {
    const inARow = result.kind === 'retry' ? (failures.get(channel) ?? 0) + 1 : 0;
    failures.set(channel, inARow % FAILURES_IN_A_ROW);
    if (result.kind !== 'retry') return;
    if (result.afterMs !== undefined) paused.set(channel, later(now(), waitMs(1, result.afterMs)));
    else if (inARow === FAILURES_IN_A_ROW) paused.set(channel, later(now(), BREATH_MS));
  }

  return { accept, deliverDue };
}

async function sendTo(
  channel: Channel | undefined,
  ...[notice, sent]: Parameters<Channel['send']>
): Promise<SendResult> {
  if (channel === undefined) {
    const reason = 'The configuration has no channel of this name (any more).';
    return sent?.maybeSent === true
      ? { kind: 'refused', reason, maybeSent: true }
      : { kind: 'refused', reason };
  }
  try {
    return await channel.send(notice, sent);
  } catch (error) {
    return { kind: 'retry', reason: messageOf(error), afterMs: undefined, maybeSent: true };
  }
}
