/** How what is told becomes Pub/Sub messages: some are late, some come twice, files come again with more lines. */
import { entryJson, HOUR, nanoTime } from './entry.ts';
import type { Draft, RecordDraft, Subscription, Told } from './entry.ts';
import type { FileVersion } from './databricks/files.ts';
import type { Random } from './random.ts';
import type { Scene } from './scene.ts';

/** Why a message is in the day; for tests and for whoever reads the day, not part of what is sent. */
export type Category =
  | 'ordinary'
  | 'unknown-method'
  | 'unowned'
  | 'hostile'
  /** Sent along a path on purpose. */
  | 'canary'
  /** Received hours after it happened. */
  | 'late'
  /** The same message delivered again: same message id. */
  | 'redelivered'
  /** The same entry published by a second sink: another message id. */
  | 'second-sink'
  /** A file that was written again, with the lines it had and more. */
  | 'rewritten'
  | 'broken';

export interface DayMessage {
  readonly subscription: Subscription;
  /** What a sink or a client published, or what is left of it: a LogEntry or a record as JSON text. */
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Decimal digits, as Pub/Sub gives out. */
  readonly messageId: string;
  /** RFC 3339, milliseconds. */
  readonly publishTime: string;
  readonly category: Category;
  /** The file that the message notifies, as it was then. */
  readonly file?: FileVersion;
}

export interface Delivery {
  /** Milliseconds since midnight. */
  readonly deliveredAt: number;
  readonly message: DayMessage;
}

interface Publication {
  readonly category: Category;
  readonly to: Subscription;
  readonly data: string;
  readonly at: number;
  readonly attributes?: DayMessage['attributes'];
  readonly file?: FileVersion;
}

export class Publisher {
  readonly #midnight: number;
  readonly #random: Random;
  #next = 11_480_000_000_000_000n;

  constructor(scene: Scene) {
    this.#midnight = scene.midnight;
    this.#random = scene.random.fork('publisher');
  }

  publish({ category, to, data, at, attributes, file }: Publication): Delivery {
    // Message ids rise, with gaps, and say nothing about order across publishers.
    this.#next += BigInt(this.#random.int(3, 90_000));
    const publishTime = new Date(this.#midnight + Math.floor(at)).toISOString();
    return {
      deliveredAt: at + this.#random.int(20, 4000),
      message: {
        subscription: to,
        data,
        attributes: attributes ?? { 'logging.googleapis.com/timestamp': publishTime },
        messageId: String(this.#next),
        publishTime,
        category,
        ...(file === undefined ? {} : { file }),
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

export type Tagged = readonly [category: Category, told: Told];

/** Subscriptions whose entries a second sink, of the organisation, publishes as well. */
const ALSO_BY_ORGANISATION: ReadonlySet<Subscription> = new Set(['dataproc', 'iam', 'bigquery']);

function dataOf(scene: Scene, told: Draft | RecordDraft, receivedAt: number, random: Random): string {
  if ('text' in told) return told.text;
  return entryJson(told, {
    insertId: random.base36(random.int(11, 14)),
    timestamp: nanoTime(scene.midnight + told.at, random),
    receiveTimestamp: nanoTime(scene.midnight + receivedAt, random),
  });
}

/** By then what was under way for hours is there, and what happens later is not under way for so long. */
const LAST_RECEIVED = 24.4 * HOUR;

/** Every entry once, with when it was received. Every fifty-third is under way for hours: an agent lost its uplink. */
export function deliveries(scene: Scene, publisher: Publisher, all: readonly Tagged[]): readonly Delivery[] {
  const random = scene.random.fork('transport');
  return all.flatMap(([category, told], i) => {
    const longest = Math.min(9 * HOUR, Math.floor(LAST_RECEIVED - told.at));
    const late = category === 'ordinary' && i % 53 === 8 && longest > 2 * HOUR;
    const lateBy = told.lateByMs ?? (late ? random.int(2 * HOUR, longest) : random.int(150, 2800));
    const receivedAt = told.at + lateBy;
    const data = dataOf(scene, told, receivedAt, random);
    const attributes = 'text' in told ? { attributes: {} } : {};
    const first = publisher.publish({
      category: late ? 'late' : category,
      to: told.to,
      data,
      at: receivedAt + random.int(5, 900),
      ...attributes,
    });
    const several = [first];
    if (random.chance(0.035)) several.push(publisher.redeliver(first));
    if (ALSO_BY_ORGANISATION.has(told.to) && random.chance(0.03)) {
      const at = receivedAt + random.int(900, 60_000);
      several.push(publisher.publish({ category: 'second-sink', to: told.to, data, at, ...attributes }));
    }
    return several;
  });
}

/** Notifications of Cloud Storage, one for each version of a file and for what is deleted. */
export function notifications(
  scene: Scene,
  publisher: Publisher,
  versions: readonly FileVersion[],
): readonly Delivery[] {
  return versions.flatMap((file) => {
    const { bucket, name, generation, overwrote, at, deleted } = file;
    const eventTime = new Date(scene.midnight + at).toISOString();
    const resource = {
      kind: 'storage#object',
      id: `${bucket}/${name}/${generation}`,
      name,
      bucket,
      generation,
      metageneration: '1',
      contentType: 'application/json',
      timeCreated: eventTime,
      updated: eventTime,
      storageClass: 'STANDARD',
      size: String(Buffer.byteLength(file.text)),
    };
    return publisher.publish({
      category: overwrote === undefined ? 'ordinary' : 'rewritten',
      to: 'databricks',
      data: JSON.stringify(resource),
      at: at + 800,
      attributes: {
        notificationConfig: `projects/_/buckets/${bucket}/notificationConfigs/1`,
        eventType: deleted === true ? 'OBJECT_DELETE' : 'OBJECT_FINALIZE',
        payloadFormat: 'JSON_API_V1',
        bucketId: bucket,
        objectId: name,
        objectGeneration: generation,
        ...(overwrote === undefined ? {} : { overwroteGeneration: overwrote }),
        eventTime,
      },
      file,
    });
  });
}
