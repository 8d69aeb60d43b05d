/**
 * A change of the schema as Spanner makes it: an operation with a name, which goes on when the program that began it is gone and
 * may take hours where an index is filled. It is begun under a name that follows from its file, so that begun twice, by two programs
 * or after a lost answer, it is one; and waited for through whatever befalls the waiting.
 */
import { JobtrailError, messageOf } from '../../errors.ts';
import { isAlreadyExists, statusOf } from './errors.ts';
import type { Step } from './migrate-plan.ts';
import type { Migration } from './migrations.ts';

/** One that is under way. */
export interface Change {
  readonly statements: readonly string[];
  /** Statements that have taken effect; the next is the one at work. */
  readonly applied: number;
  /** Of the statement at work; undefined where Spanner does not say. */
  readonly percent: number | undefined;
  /** Spanner holds it back until there is room. */
  readonly throttled: boolean;
}

export type ChangeState =
  | ({ readonly kind: 'running' } & Change)
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly applied: number; readonly status: number; readonly message: string }
  /** Of no change that Spanner knows: it never was, or is long over. */
  | { readonly kind: 'unknown' };

/** Changes of one database. */
export interface SchemaChanges {
  /** Names of those under way, whoever began them. */
  underWay(): Promise<readonly string[]>;
  /** The name that a change of this id has. */
  nameOf(id: string): string;
  /** @throws with status ALREADY_EXISTS where one of that id is known */
  begin(id: string, statements: readonly string[]): Promise<void>;
  state(name: string): Promise<ChangeState>;
}

export interface Waiting {
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Told each time that it is looked at and not over. */
  readonly onRunning: (change: Change) => void;
}

/** A change that Spanner gave up; those of its statements before that have taken effect. */
export class ChangeFailed extends Error {
  /** Of google.rpc.Code. */
  readonly code: number;
  readonly applied: number;

  constructor({ status, message, applied }: Extract<ChangeState, { kind: 'failed' }>) {
    super(message);
    this.name = 'ChangeFailed';
    this.code = status;
    this.applied = applied;
  }
}

const FIRST_LOOK_MS = 100;
const SLOWER = 1.5;
const SLOWEST_LOOK_MS = 10_000;
/** Looks in a row that nobody answered: about five minutes. */
const UNANSWERED = 35;
/** Begun and failed changes of one id, each of which leaves its name behind for days. */
const MOST_ATTEMPTS = 100;
/** Of google.rpc.Code: cancelled, unknown, deadline exceeded, resource exhausted, aborted, internal, unavailable. */
const MAY_PASS = new Set([1, 2, 4, 8, 10, 13, 14]);

/**
 * Applies what is missing of a file, under the name of this attempt at it.
 * @returns false where a change of that name is known already: another program is faster, or was, or it was given up; it is over then
 * @throws ChangeFailed, or what Spanner answered to its beginning
 */
export async function applyChange(
  changes: SchemaChanges,
  { migration, missing }: Step,
  attempt: number,
  waiting: Waiting,
): Promise<boolean> {
  if (attempt > MOST_ATTEMPTS) {
    throw new JobtrailError(
      'store-schema',
      `${migration.name} was begun ${MOST_ATTEMPTS} times and given up each time.`,
      'Look at why with `gcloud spanner operations list --type=DATABASE_UPDATE_DDL`; operations are forgotten after some days.',
    );
  }
  const id = changeId(migration, attempt);
  const own = await begun(changes, id, missing, waiting);
  try {
    await ended(changes, changes.nameOf(id), waiting);
  } catch (error) {
    // Why an earlier one was given up may be mended.
    if (own || !(error instanceof ChangeFailed)) throw error;
  }
  return own;
}

/**
 * `[a-z][a-z0-9_]*`, as operations are named. Of the file and not of what is missing of it: a program that planned on what was
 * there before another was done finds the name taken, and plans anew.
 */
export function changeId({ name, digest }: Migration, attempt: number): string {
  const readable = name.replace(/\.sql$/, '').replaceAll(/[^a-z0-9]+/g, '_');
  return `jobtrail_${readable}_${digest.slice(0, 16)}_${attempt}`;
}

/** False where a change of that id is known already. */
async function begun(
  changes: SchemaChanges,
  id: string,
  statements: readonly string[],
  { sleep }: Waiting,
): Promise<boolean> {
  let sent = false;
  for (let unanswered = 0; ;) {
    try {
      await changes.begin(id, statements);
      return true;
    } catch (error) {
      // After an answer that was lost it is our own, as far as anybody can tell.
      if (isAlreadyExists(error)) return sent;
      unanswered += 1;
      if (!mayPass(error) || unanswered === UNANSWERED) throw error;
      sent = true;
      await sleep(lookAfter(unanswered));
    }
  }
}

/** Waits for every change that is under way, of whoever. */
export async function waitForOthers(changes: SchemaChanges, waiting: Waiting): Promise<void> {
  for (const name of await changes.underWay()) {
    try {
      await ended(changes, name, waiting);
    } catch (error) {
      // That it failed is its own matter; what it left is read afterwards.
      if (!(error instanceof ChangeFailed)) throw error;
    }
  }
}

async function ended(changes: SchemaChanges, name: string, { sleep, onRunning }: Waiting): Promise<void> {
  for (let looks = 0, unanswered = 0; ; looks += 1) {
    try {
      const state = await changes.state(name);
      unanswered = 0;
      if (state.kind === 'failed') throw new ChangeFailed(state);
      if (state.kind !== 'running') return;
      onRunning(state);
    } catch (error) {
      if (error instanceof ChangeFailed) throw error;
      unanswered += 1;
      if (!mayPass(error)) throw error;
      if (unanswered === UNANSWERED) throw unwatched(error);
    }
    await sleep(lookAfter(looks));
  }
}

const mayPass = (error: unknown): boolean => {
  const status = statusOf(error);
  return status !== undefined && MAY_PASS.has(status);
};

const lookAfter = (looks: number): number => Math.min(FIRST_LOOK_MS * SLOWER ** looks, SLOWEST_LOOK_MS);

const unwatched = (cause: unknown): JobtrailError =>
  new JobtrailError(
    'store-unavailable',
    `Spanner does not tell how far the change of its schema is: ${messageOf(cause)}`,
    'What was sent goes on there. Run `npx jobtrail migrate` again when Spanner answers: it waits for that change and goes on after it.',
    { cause },
  );
