/**
 * What the arithmetic of docs/scale.md starts from. Measured figures are of `npm run bench` on the mix of docs/bench.md
 * (test/docs/scale.test.ts holds shares, rows and bytes against the mix); prices and quotas are Google's and change.
 */
import type { RetentionClass } from '../../../schemas/config.ts';

/** One retention class in the mix. */
export interface ClassShare {
  /** Part of all entries, 0 to 1. */
  readonly share: number;
  /** Rows of an entry, index entries included. */
  readonly rows: number;
  /** Bytes of these rows without the raw text. */
  readonly bytes: number;
  /** Bytes of the raw text, where the class keeps it. */
  readonly raw: number;
}

export type StoredClass = Extract<RetentionClass, 'access' | 'data' | 'job' | 'control'>;

export interface Prices {
  /** USD for a TiB published, and again for a TiB delivered. */
  readonly pubsubTiB: number;
  /** USD for a GiB of a topic's retained messages, a month. */
  readonly topicGiB: number;
  /** USD for a million requests to a function. */
  readonly requests: number;
  /** USD for a second of a vCPU and of a GiB, while a request is handled. */
  readonly requestCpu: number;
  readonly requestGiB: number;
  /** The same of an instance that is always there: a worker. */
  readonly workerCpu: number;
  readonly workerGiB: number;
  /** USD for 100 processing units an hour, Standard edition, one region. */
  readonly units100: number;
  /** USD for a GB of Spanner's storage, a month. */
  readonly spannerGB: number;
  /** USD for a GiB that buckets of Cloud Logging take in. */
  readonly loggingGiB: number;
}

export interface Inputs {
  readonly entryBytes: number;
  /** Attributes, id and time of a message, as Pub/Sub bills them. */
  readonly messageBytes: number;
  readonly peak: number;
  readonly classes: Readonly<Record<StoredClass, ClassShare>>;
  /** Part of the entries by source, 0 to 1. */
  readonly sources: Readonly<Record<string, number>>;
  /** Sources that no worker takes: their messages only name files. */
  readonly pushedOnly: readonly string[];
  /** Part of the entries that reconcile judges. */
  readonly judged: number;
  /** Records a second that one round of reconcile decides. */
  readonly judgedPerSecond: number;
  /** Milliseconds of processor time of a request, HTTP and commit included. */
  readonly requestMs: number;
  /** Milliseconds from a request to its answer. */
  readonly latencyMs: number;
  /** Milliseconds of processor time of an entry in a worker. */
  readonly workerMs: number;
  /** Part of a processor that is planned for. */
  readonly target: number;
  readonly memoryGiB: number;
  /** Rows a second of one node at full load. */
  readonly nodeRows: number;
  /** Part of a node's processor time that is planned for. */
  readonly nodeTarget: number;
  /** What reading keys first, and commits over several splits, cost beside plain writes. */
  readonly nodeOverhead: number;
  /** Bytes that Spanner adds for each cell, and cells of an entry. */
  readonly cellBytes: number;
  readonly cells: number;
  readonly topicDays: number;
  readonly days: number;
  readonly prices: Prices;
}

export const INPUTS: Inputs = {
  entryBytes: 2083,
  messageBytes: 150,
  peak: 3,
  classes: {
    access: { share: 0.658, rows: 2.1, bytes: 806, raw: 0 },
    data: { share: 0.158, rows: 3.5, bytes: 1231, raw: 0 },
    job: { share: 0.128, rows: 6.2, bytes: 2164, raw: 2189 },
    control: { share: 0.056, rows: 2.5, bytes: 1140, raw: 2037 },
  },
  sources: {
    istio: 0.45,
    kong: 0.15,
    storage: 0.09,
    bigquery: 0.08,
    dataproc: 0.077,
    spanner: 0.04,
    databricks: 0.03,
    iam: 0.02,
    dataflow: 0.0155,
    openlineage: 0.01,
    pubsub: 0.01,
    kubernetes: 0.01,
    platform: 0.01,
    logging: 0.0075,
  },
  pushedOnly: ['databricks'],
  judged: 0.24,
  judgedPerSecond: 661,
  requestMs: 1,
  latencyMs: 100,
  workerMs: 0.3,
  target: 0.6,
  memoryGiB: 0.5,
  nodeRows: 22_500,
  nodeTarget: 0.65,
  nodeOverhead: 2,
  cellBytes: 8,
  cells: 36,
  topicDays: 7,
  days: 30,
  prices: {
    pubsubTiB: 40,
    topicGiB: 0.27,
    requests: 0.4,
    requestCpu: 24e-6,
    requestGiB: 2.5e-6,
    workerCpu: 18e-6,
    workerGiB: 2e-6,
    units100: 0.09,
    spannerGB: 0.3,
    loggingGiB: 0.5,
  },
};

/** When the prices were looked up. */
export const PRICED = '2026-11';

/** Entries a day. */
export const STEPS: readonly number[] = [1e6, 1e7, 1e8, 1e9, 1e10];
