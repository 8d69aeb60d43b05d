/**
 * How what is told gets to the pipeline: most of it within seconds, some of it late by hours, some twice, never quite in order;
 * and whole paths that are held up or lose what they carry for a while, which nobody announces.
 */
import type { BookEntry, StoryId } from './book.ts';
import type { Random } from './random.ts';
import { HOUR, MINUTE, nanoTime, SECOND, type Path } from './told.ts';

export interface Delivery {
  /** Epoch milliseconds. */
  readonly arrival: number;
  readonly path: Path;
  /** What is published: a LogEntry or a record, as JSON. */
  readonly text: string;
  /** Undefined for heartbeats. */
  readonly story: StoryId | undefined;
  /** It came later than its class of source is given. */
  readonly beyondGrace: boolean;
  readonly again: boolean;
}

export interface Outage {
  readonly path: Path;
  readonly from: number;
  readonly until: number;
  /** What came in between is gone for good; else it comes afterwards. */
  readonly lost: boolean;
}

/** How late the records of a path may be: the classes that operators of such sources know. */
export function graceOf(path: Path): number {
  if (path.startsWith('istio/') || path.startsWith('kong/')) return 5 * MINUTE;
  if (path.startsWith('databricks/')) return HOUR;
  if (path === 'approvals' || path === 'deployments') return 5 * MINUTE;
  return path === 'observed' ? 8 * MINUTE : 10 * MINUTE;
}

/** How long an entry is under way where nothing is wrong. */
function lateness(path: Path, random: Random): number {
  const draw = random.unit();
  // Files are written every few minutes, and lists are polled.
  const least = path.startsWith('databricks/') ? random.int(2, 12) * MINUTE : 0;
  const polled = path === 'observed' ? random.int(0, 60) * SECOND : 0;
  const drawn =
    draw < 0.95
      ? random.int(300, 6000)
      : draw < 0.995
        ? random.int(6, 60) * SECOND
        : draw < 0.9995
          ? random.int(60, 200) * SECOND
          : random.int(1, 5) * HOUR;
  return least + polled + drawn;
}

export function deliver(
  entries: readonly BookEntry[],
  outages: readonly Outage[],
  random: Random,
): readonly Delivery[] {
  const own = random.fork('transport');
  const deliveries: Delivery[] = [];
  for (const told of entries) {
    const lateMs = told.lateMs ?? lateness(told.path, own);
    const received = told.at + lateMs;
    const text =
      told.form === 'record'
        ? told.text
        : `${told.text.slice(0, -1)},"receiveTimestamp":"${nanoTime(received, own)}"}`;
    const arrival = carried(received + own.int(50, 1500), told.path, outages, own);
    const twice = own.chance(0.02) ? own.int(1000, 300_000) : undefined;
    if (arrival === undefined) continue;
    const delivery = {
      path: told.path,
      text,
      story: told.story,
      beyondGrace: arrival - told.at > graceOf(told.path),
    };
    deliveries.push({ ...delivery, arrival, again: false });
    if (twice !== undefined) deliveries.push({ ...delivery, arrival: arrival + twice, again: true });
  }
  return deliveries;
}

/** Undefined where an outage swallowed it. */
export function carried(
  arrival: number,
  path: Path,
  outages: readonly Outage[],
  random: Random,
): number | undefined {
  const outage = outages.find((one) => one.path === path && arrival >= one.from && arrival < one.until);
  if (outage === undefined) return arrival;
  return outage.lost ? undefined : outage.until + random.int(0, 150) * SECOND;
}
