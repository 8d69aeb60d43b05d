/** What a backfill reads: portions of entries, each with the place where reading goes on once it is committed. */
import * as z from 'zod';
import type { Decoded } from '../envelope/envelope.ts';

/** Where reading goes on. Kept in the state file. */
export const Cursor = z.discriminatedUnion('kind', [
  /** Of entries.list: everything before `reached` is stored; the token continues the list that began at `since`. */
  z.strictObject({
    kind: z.literal('logging'),
    since: z.string(),
    reached: z.string(),
    pageToken: z.string().optional(),
  }),
  /** Of files and objects, in their order: the one that is being read, its version, and how many of its entries are stored. */
  z.strictObject({
    kind: z.literal('file'),
    name: z.string(),
    version: z.string(),
    entries: z.number().int().nonnegative(),
    /** All of it is. */
    whole: z.boolean(),
  }),
]);
export type Cursor = z.infer<typeof Cursor>;
export type LoggingCursor = Extract<Cursor, { kind: 'logging' }>;
export type FileCursor = Extract<Cursor, { kind: 'file' }>;

export interface Portion {
  readonly entries: readonly Decoded[];
  readonly cursor: Cursor;
  /** Part of the whole that is behind us with this portion, 0 to 1; undefined where that is not known. */
  readonly part: number | undefined;
}

export interface Input {
  /**
   * @param from where an earlier reading came to; undefined: from the beginning
   * @throws JobtrailError `api-unavailable`: reading may be begun again from the last cursor
   */
  readonly read: (from: Cursor | undefined) => AsyncIterable<Portion>;
}
