/** What is remembered of a path from one minute to the next: one JSON text in its row of Paths. */
import * as z from 'zod';
import { emptyLearned, Learned } from './learned.ts';

const minute = z.string().length(16);
const time = z.string().length(30);
const count = z.number().int().min(0);
const histogram = z.array(count).max(13);

/** What one minute's commits brought; written whole, so that reading them again changes nothing. */
export const MinuteArrivals = z.strictObject({
  n: count,
  skewed: count,
  toLogging: histogram,
  toCommit: histogram,
  quarters: z.record(minute, z.tuple([count, count, count])),
  starts: z.record(minute, z.record(z.string(), count)),
  /** Entries that made no event; of states that bear the name of a source. */
  others: count,
});
export type MinuteArrivals = z.infer<typeof MinuteArrivals>;

export const STATUSES = ['unseen', 'live', 'idle', 'lagging', 'blind', 'retired'] as const;
export type Status = (typeof STATUSES)[number];

/** What healthOf and judgeHealth said last: neither watermarks nor the beginnings of incidents come from arrivals alone. */
const Memory = z.strictObject({
  status: z.enum(STATUSES),
  since: time,
  watermark: time.optional(),
  /** When the last canary of an unbroken row was sent. */
  vouched: time.optional(),
  /** When nothing vouched for it, the newest last: what happened then may be missing for good. */
  gaps: z.array(z.tuple([time, time])).max(16),
  /** Beginning of each incident that is open, by `rule key`. */
  incidents: z.record(z.string(), time),
});

export const PathState = z.strictObject({
  v: z.literal(1),
  /** The first minute that it was looked at, whether or not anything came. */
  known: minute,
  firstSeen: minute.optional(),
  lastSeen: minute.optional(),
  newestEvent: time.optional(),
  /** Of the last two hours, by the minute of the commit. */
  minutes: z.record(minute, MinuteArrivals),
  learned: Learned,
  memory: Memory.optional(),
});
export type PathState = z.infer<typeof PathState>;

/** By path. */
export type States = ReadonlyMap<string, PathState>;

export const newState = (known: string): PathState => ({
  v: 1,
  known,
  minutes: {},
  learned: emptyLearned(),
});

/** @throws ZodError for a text that was not written from a state. */
export const parseState = (json: string): PathState => PathState.parse(JSON.parse(json));
