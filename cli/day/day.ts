/**
 * A day of the invented company as Pub/Sub messages, in the order in which they are delivered: some late, some twice,
 * some out of order, some broken. A pure function of the date and the seed.
 */
import { JobtrailError } from '../../shared/errors.ts';
import { agentJobs } from './agent-jobs.ts';
import { HOUR, entryJson, nanoTime } from './entry.ts';
import type { Draft, Subscription } from './entry.ts';
import { scheduledJobs } from './scheduled-jobs.ts';
import type { Plan } from './plan.ts';
import { peopleJobs } from './people-jobs.ts';
import { platformDay } from './platform.ts';
import { Random } from './random.ts';
import { runBatch } from './run-batch.ts';
import { runDataflow } from './run-dataflow.ts';
import { runClusterJob } from './run-job.ts';
import { sceneOf } from './scene.ts';
import type { Scene } from './scene.ts';
import { sideDoors } from './side-doors.ts';
import { hostileEntries, unheardOf, unownedEntries, wrecks } from './strange.ts';
import { meshTraffic } from './traffic.ts';

/** Why a message is in the day; for tests and for whoever reads the day, not part of what is sent. */
export type Category =
  | 'ordinary'
  | 'unknown-method'
  | 'unowned'
  | 'hostile'
  /** Received hours after it happened. */
  | 'late'
  /** The same message delivered again: same message id. */
  | 'redelivered'
  /** The same entry published by a second sink: another message id. */
  | 'second-sink'
  | 'broken';

export interface DayMessage {
  readonly subscription: Subscription;
  /** LogEntry as JSON text, or what is left of one. */
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Decimal digits, as Pub/Sub gives out. */
  readonly messageId: string;
  /** RFC 3339, milliseconds. */
  readonly publishTime: string;
  readonly category: Category;
}

export interface DayOptions {
  /** `YYYY-MM-DD`; the day runs from its midnight to the next, UTC. */
  readonly date: string;
  readonly seed: number;
}

interface Delivery {
  /** Milliseconds since midnight. */
  readonly deliveredAt: number;
  readonly message: DayMessage;
}

function midnightOf(date: string): number {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) {
    throw new JobtrailError('usage', `${date} is not a calendar date.`, 'Give the date as YYYY-MM-DD.');
  }
  return midnight;
}

function run(scene: Scene, plan: Plan): readonly Draft[] {
  const own = sceneOf(scene, plan.id.replace(scene.date.replaceAll('-', ''), ''));
  switch (plan.kind) {
    case 'job':
      return runClusterJob(own, plan);
    case 'batch':
      return runBatch(own, plan);
    case 'classic':
    case 'flex':
      return runDataflow(own, plan);
  }
}

function drafts(scene: Scene): readonly (readonly [Category, Draft])[] {
  const tagged = (category: Category, list: readonly Draft[]): [Category, Draft][] =>
    list.map((draft) => [category, draft]);
  const plans = [...scheduledJobs(scene.date), ...peopleJobs(scene.date), ...agentJobs(scene.date)];
  const all = [
    ...plans.flatMap((plan) => tagged('ordinary', run(scene, plan))),
    ...tagged('ordinary', platformDay(scene)),
    ...tagged('ordinary', sideDoors(scene)),
    ...tagged('ordinary', meshTraffic(scene)),
    ...tagged('unknown-method', unheardOf(scene)),
    ...tagged('unowned', unownedEntries(scene)),
    ...tagged('hostile', hostileEntries(scene)),
  ];
  return all.toSorted(([, a], [, b]) => a.at - b.at);
}

class Publisher {
  readonly #midnight: number;
  readonly #random: Random;
  #next = 11_480_000_000_000_000n;

  constructor(scene: Scene) {
    this.#midnight = scene.midnight;
    this.#random = scene.random.fork('publisher');
  }

  publish(category: Category, subscription: Subscription, data: string, at: number): Delivery {
    // Message ids rise, with gaps, and say nothing about order across publishers.
    this.#next += BigInt(this.#random.int(3, 90_000));
    const publishTime = new Date(this.#midnight + Math.floor(at)).toISOString();
    return {
      deliveredAt: at + this.#random.int(20, 4000),
      message: {
        subscription,
        data,
        attributes: { 'logging.googleapis.com/timestamp': publishTime },
        messageId: String(this.#next),
        publishTime,
        category,
      },
    };
  }

  /** The acknowledgement came too late: the same message again. */
  redeliver({ deliveredAt, message }: Delivery): Delivery {
    return {
      deliveredAt: deliveredAt + this.#random.int(10_000, 600_000),
      message: { ...message, category: 'redelivered' },
    };
  }
}

/** Every entry once, with when it was received. Every fifty-third is under way for hours: an agent lost its uplink. */
function deliveries(scene: Scene, publisher: Publisher): readonly Delivery[] {
  const random = scene.random.fork('transport');
  return drafts(scene).flatMap(([category, draft], i) => {
    const late = category === 'ordinary' && i % 53 === 17;
    const lateBy = draft.lateByMs ?? (late ? random.int(2 * HOUR, 9 * HOUR) : random.int(150, 2800));
    const receivedAt = draft.at + lateBy;
    const data = entryJson(draft, {
      insertId: random.base36(random.int(11, 14)),
      timestamp: nanoTime(scene.midnight + draft.at, random),
      receiveTimestamp: nanoTime(scene.midnight + receivedAt, random),
    });
    const first = publisher.publish(
      late ? 'late' : category,
      draft.to,
      data,
      receivedAt + random.int(5, 900),
    );
    const all = [first];
    if (random.chance(0.035)) all.push(publisher.redeliver(first));
    if (draft.to === 'dataproc' && random.chance(0.03)) {
      all.push(publisher.publish('second-sink', draft.to, data, receivedAt + random.int(900, 60_000)));
    }
    return all;
  });
}

/** The day's messages in order of delivery. */
export function generateDay(options: DayOptions): readonly DayMessage[] {
  const scene: Scene = {
    date: options.date,
    midnight: midnightOf(options.date),
    random: new Random(options.seed),
  };
  const publisher = new Publisher(scene);
  const whole = deliveries(scene, publisher);
  const sample = (subscription: Subscription, text: string): string =>
    whole.find(({ message }) => message.subscription === subscription && message.data.includes(text))?.message
      .data ?? '';
  const broken = wrecks([
    sample('dataproc', 'CreateBatch'),
    sample('dataproc', 'SubmitJob'),
    sample('dataflow', 'job-message'),
    sample('istio', 'server-accesslog'),
  ]).map(({ at, to, data }) => publisher.publish('broken', to, data, at));
  return [...whole, ...broken]
    .toSorted((a, b) => a.deliveredAt - b.deliveredAt)
    .map(({ message }) => message);
}
