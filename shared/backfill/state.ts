/** How far a backfill has come: a small file, written after each commit, by which the same command goes on after any end. */
import { hash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { JobtrailError, messageOf } from '../errors.ts';
import { NO_COUNTS } from '../pipeline/outcome.ts';
import { Cursor } from './input.ts';

const count = z.number().int().nonnegative();

export const BackfillState = z.strictObject({
  /** What is read into which store: another state than that of this command must not be taken up. */
  job: z.string().regex(/^[0-9a-f]{64}$/),
  /** Names what the run found. */
  run: z.string().min(1).max(64),
  /** RFC 3339; the end of the span where the command names none. */
  startedAt: z.string(),
  cursor: Cursor.optional(),
  counts: z.strictObject({
    received: count,
    stored: count,
    duplicate: count,
    filtered: count,
    quarantined: count,
    conflicting: count,
  }),
  /** Receipt of the last commit: the store has it, or it is another store than the one of this state. */
  receipt: z.string().max(64).optional(),
  /** The newest event time that was met. */
  reached: z.string().optional(),
  /** Environments that something was found in; the empty text for none. */
  environments: z.array(z.string()),
  /** Alerts that were resolved and stand again by what came, `ID/N`: nobody was told. */
  again: z.array(z.string().max(128)).optional(),
  /** All is read. */
  read: z.boolean(),
  /** And judged, and told. */
  done: z.boolean(),
});
export type BackfillState = z.infer<typeof BackfillState>;

/** SHA-256 of what tells one job from another. */
export const jobDigest = (parts: readonly unknown[]): string => hash('sha256', JSON.stringify(parts), 'hex');

export const newState = (job: string, run: string, startedAt: string): BackfillState => ({
  job,
  run,
  startedAt,
  counts: NO_COUNTS,
  environments: [],
  read: false,
  done: false,
});

/** The state of a run, in one place: whoever changes it changes what all others go on from. */
export interface KeptState {
  readonly now: () => BackfillState;
  /** Written down before it holds. */
  readonly save: (next: BackfillState) => void;
}

export function keepState(first: BackfillState, write: (state: BackfillState) => void): KeptState {
  let state = first;
  return {
    now: () => state,
    save(next) {
      write(next);
      state = next;
    },
  };
}

/**
 * Undefined where there is none.
 * @throws JobtrailError `file-unreadable`, or `usage` where it is no state or of another backfill
 */
export function readState(file: string, job: string): BackfillState | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw stateUnusable(file, error);
  }
  const parsed = BackfillState.safeParse(jsonOrUndefined(text));
  if (!parsed.success) {
    throw new JobtrailError(
      'usage',
      `${file} is no state of a backfill.`,
      'Name another file with --state, or remove this one: what is stored already comes as duplicates.',
    );
  }
  if (parsed.data.job === job) return parsed.data;
  throw new JobtrailError(
    'usage',
    `${file} is the state of another backfill: other files or another span, filter or store.`,
    'Name another file with --state, or remove this one.',
  );
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The old or the new, whenever the machine stops. @throws JobtrailError `file-unreadable` */
export function writeState(file: string, state: BackfillState): void {
  const next = `${file}.next`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const handle = openSync(next, 'w', 0o600);
    try {
      // All of it, or an error: a disk that runs full takes less than it is given.
      writeFileSync(handle, `${JSON.stringify(state)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(next, file);
  } catch (error) {
    throw stateUnusable(file, error);
  }
}

export const stateUnusable = (file: string, cause: unknown): JobtrailError =>
  new JobtrailError(
    'file-unreadable',
    `The state of the backfill cannot be kept in ${file}: ${messageOf(cause)}.`,
    'Name a file that can be written with --state. What was stored until now comes as duplicates.',
    { cause },
  );
