/** The arithmetic of docs/scale.md: entries a day → load, machines, storage, cost. Pure. */
import { RETENTION_CLASSES } from '../../../schemas/config.ts';
import { EMPTY_CONFIG } from '../../../shared/config/parse.ts';
import { retentionDays } from '../../../shared/pipeline/classes.ts';
import type { ClassShare, Inputs, StoredClass } from './inputs.ts';

const TIB = 2 ** 40;
const GIB = 2 ** 30;
const DAY = 86_400;
const HOURS_OF_MONTH = 730;
/** Bytes that 100 processing units hold: a tenth of a node's 10 TiB. */
const UNITS_BYTES = TIB;
const isStored = (name: string): name is StoredClass =>
  name === 'access' || name === 'data' || name === 'job' || name === 'control';

export const STORED_CLASSES: readonly StoredClass[] = RETENTION_CLASSES.filter(isStored);

export interface Load {
  readonly perDay: number;
  readonly mean: number;
  readonly peak: number;
  /** MB/s at the peak, published; as much is delivered. */
  readonly megabytes: number;
  readonly rowsPerSecond: number;
  readonly judgedPerSecond: number;
}

export function loadOf(perDay: number, inputs: Inputs): Load {
  const mean = perDay / DAY;
  const peak = mean * inputs.peak;
  return {
    perDay,
    mean,
    peak,
    megabytes: (peak * (inputs.entryBytes + inputs.messageBytes)) / 1e6,
    rowsPerSecond: peak * rowsOfEntry(inputs),
    judgedPerSecond: mean * inputs.judged,
  };
}

export const rowsOfEntry = ({ classes }: Inputs): number => sumOf(classes, ({ share, rows }) => share * rows);

/** What one source takes, pushed to its function or pulled by its worker. */
export interface Consumer {
  readonly source: string;
  readonly consumer: 'push' | 'pull';
  /** Instances or workers at the peak. */
  readonly machines: number;
  /** USD a month. */
  readonly cost: number;
}

/** Entries a second that one instance, one worker, is planned for. */
export const instanceRate = ({ requestMs, target }: Inputs): number => (target * 1000) / requestMs;
export const workerRate = ({ workerMs, target }: Inputs): number => (target * 1000) / workerMs;

/**
 * An instance is billed while it handles any request: of one that is mostly idle each request for its latency, of busy ones for
 * their share of a processor.
 */
function pushed(source: string, mean: number, inputs: Inputs): Consumer {
  const { prices, peak, latencyMs, memoryGiB, days } = inputs;
  const busy = Math.max(1 - Math.exp((-mean * latencyMs) / 1000), mean / instanceRate(inputs));
  const second = prices.requestCpu + memoryGiB * prices.requestGiB;
  const requests = (mean * prices.requests) / 1e6;
  return {
    source,
    consumer: 'push',
    machines: Math.ceil((mean * peak) / instanceRate(inputs)),
    cost: (busy * second + requests) * DAY * days,
  };
}

/** Workers do not come and go by themselves: there are as many as the peak needs. */
function pulled(source: string, mean: number, inputs: Inputs): Consumer {
  const { prices, peak, memoryGiB, days } = inputs;
  const machines = Math.ceil((mean * peak) / workerRate(inputs));
  const second = prices.workerCpu + memoryGiB * prices.workerGiB;
  return { source, consumer: 'pull', machines, cost: machines * second * DAY * days };
}

export const pushConsumers = ({ mean }: Load, inputs: Inputs): readonly Consumer[] =>
  Object.entries(inputs.sources).map(([source, share]) => pushed(source, mean * share, inputs));

/** Each source by what costs less, where a worker can take it. */
export const cheapestConsumers = ({ mean }: Load, inputs: Inputs): readonly Consumer[] =>
  Object.entries(inputs.sources).map(([source, share]) => {
    const [push, pull] = [pushed(source, mean * share, inputs), pulled(source, mean * share, inputs)];
    return pull.cost < push.cost && !inputs.pushedOnly.includes(source) ? pull : push;
  });

/** Mean entries a second of one source from which on a worker costs less than its function. */
export function pullFrom(inputs: Inputs): number {
  let [low, high] = [0, 1e4];
  for (let halved = 0; halved < 60; halved += 1) {
    const rate = (low + high) / 2;
    if (pulled('any', rate, inputs).cost < pushed('any', rate, inputs).cost) high = rate;
    else low = rate;
  }
  return high;
}

export interface Kept {
  readonly name: StoredClass;
  readonly days: number;
  /** Bytes of one entry. */
  readonly bytes: number;
  /** GB in the end, when as much expires as comes. */
  readonly gigabytes: number;
}

export function storageOf(perDay: number, inputs: Inputs): readonly Kept[] {
  return STORED_CLASSES.map((name) => {
    const { share, bytes, raw } = inputs.classes[name];
    const days = retentionDays(EMPTY_CONFIG.config, name);
    const each = bytes + raw + inputs.cells * inputs.cellBytes;
    return { name, days, bytes: each, gigabytes: (perDay * share * each * days) / 1e9 };
  });
}

/** Processing units for the rows of the peak and for the bytes that are kept, as Spanner sells them. */
export function unitsOf(
  load: Load,
  inputs: Inputs,
): { readonly rows: number; readonly bytes: number; readonly sold: number } {
  const rows = (load.rowsPerSecond / rowsPerNode(inputs)) * 1000;
  const bytes =
    ((total(storageOf(load.perDay, inputs), ({ gigabytes }) => gigabytes) * 1e9) / UNITS_BYTES) * 100;
  const needed = Math.max(rows, bytes, 100);
  const step = needed > 900 ? 1000 : 100;
  return { rows, bytes, sold: Math.ceil(needed / step) * step };
}

/** Rows a second that a node is planned for. */
export const rowsPerNode = ({ nodeRows, nodeTarget, nodeOverhead }: Inputs): number =>
  (nodeRows * nodeTarget) / nodeOverhead;

/** USD a month, by component. */
export interface Cost {
  readonly pubsub: number;
  readonly topics: number;
  readonly push: number;
  readonly cheapest: number;
  readonly units: number;
  readonly storage: number;
  /** With the cheapest consumers. */
  readonly total: number;
  /** Of Cloud Logging for keeping the same entries in a bucket of its own: not Jobtrail's, and often the larger part. */
  readonly logging: number;
}

export function costOf(load: Load, inputs: Inputs): Cost {
  const { prices, days, topicDays } = inputs;
  const bytesPerDay = load.perDay * (inputs.entryBytes + inputs.messageBytes);
  const pubsub = ((bytesPerDay * days * 2) / TIB) * prices.pubsubTiB;
  const topics = ((bytesPerDay * topicDays) / GIB) * prices.topicGiB;
  const push = total(pushConsumers(load, inputs), ({ cost }) => cost);
  const cheapest = total(cheapestConsumers(load, inputs), ({ cost }) => cost);
  const units = (unitsOf(load, inputs).sold / 100) * prices.units100 * HOURS_OF_MONTH;
  const storage = total(storageOf(load.perDay, inputs), ({ gigabytes }) => gigabytes) * prices.spannerGB;
  return {
    pubsub,
    topics,
    push,
    cheapest,
    units,
    storage,
    total: pubsub + topics + cheapest + units + storage,
    logging: ((load.perDay * inputs.entryBytes * days) / GIB) * prices.loggingGiB,
  };
}

/**
 * The inputs as they are where only mesh, gateway and data access grow: jobs and control plane stay at what they are of `still`
 * entries a day.
 */
export function trafficGrows(perDay: number, still: number, inputs: Inputs): Inputs {
  const { access, data, job, control } = inputs.classes;
  const rest = Math.min(1, still / perDay);
  const grown = (1 - rest * (job.share + control.share)) / (access.share + data.share);
  return {
    ...inputs,
    classes: {
      access: { ...access, share: access.share * grown },
      data: { ...data, share: data.share * grown },
      job: { ...job, share: job.share * rest },
      control: { ...control, share: control.share * rest },
    },
  };
}

export const total = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0);

const sumOf = (
  classes: Readonly<Record<StoredClass, ClassShare>>,
  of: (share: ClassShare) => number,
): number => total(Object.values(classes), of);
