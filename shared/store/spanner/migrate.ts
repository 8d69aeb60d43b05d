/** Brings a database to the newest schema: applied once, resumable wherever it was ended, safe when two run at once. */
import { JobtrailError, messageOf } from '../../errors.ts';
import { statusOf } from './errors.ts';
import {
  applyChange,
  type Change,
  ChangeFailed,
  type SchemaChanges,
  waitForOthers,
  type Waiting,
} from './migrate-changes.ts';
import {
  firstLine,
  optionalPlan,
  planOf,
  type Present,
  type Recorded,
  refuseNewer,
  type Step,
} from './migrate-plan.ts';
import {
  type Migration,
  migrations,
  OPTIONAL_SETS,
  type OptionalSet,
  optionalMigration,
} from './migrations.ts';

/** What a migration asks of the database it changes. */
export interface SchemaDatabase {
  /** Rows of SchemaVersions; none where that table is not there. */
  recorded(): Promise<readonly Recorded[]>;
  /** Names of what is there; roles only where asked for, since the emulator has none. */
  present(options: { readonly roles: boolean }): Promise<Present>;
  /** Whether the database has any role of its own, as one that Terraform made has. */
  hasRoles(): Promise<boolean>;
  readonly changes: SchemaChanges;
  record(applied: Recorded): Promise<void>;
}

export interface MigrateOptions {
  /** Plans and changes nothing. */
  readonly dryRun?: boolean;
  /** Optional sets to apply after the numbered files, beside those that the database has already. */
  readonly optional?: readonly OptionalSet[];
  /** Told of each step when it is done, or would be. */
  readonly onStep?: (step: Step) => void;
  /** Told of a change that is under way, this one's or another's, each time that it is looked at. */
  readonly onRunning?: (change: Change) => void;
  /** The numbered files; tests bring their own. */
  readonly files?: readonly Migration[];
  /** Waits between two tries, and between two looks at a change that is under way. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

export interface Migrated {
  /** Version before; 0 where nothing was recorded. */
  readonly from: number;
  readonly to: number;
  readonly steps: readonly Step[];
  /** Changes that somebody else had under way when it began. */
  readonly underWay: number;
}

/** Tries of one file while others change the same database. */
const TRIES = 8;
const FIRST_WAIT = 250;
/** Of google.rpc.Code: what another migration at work at the same moment makes of a batch. */
const CONTENDED = new Set([5, 6, 9, 10]);

/**
 * Each file is applied and recorded before the next. Before each, whatever changes the schema at this moment is waited for: what a
 * program that was killed had begun, and what another does. Then what is there is read anew, so that what they did is found done.
 * @throws JobtrailError `schema-newer`, `schema-conflict`; `store-schema` when Spanner refuses a statement; `store-unavailable`
 */
export async function migrate(database: SchemaDatabase, options: MigrateOptions = {}): Promise<Migrated> {
  const files = options.files ?? migrations();
  const { dryRun = false, optional = [], onStep, onRunning = () => undefined, sleep = wait } = options;
  const waiting: Waiting = { sleep, onRunning };
  const before = await database.recorded();
  refuseNewer(files, before);
  const underWay = (await database.changes.underWay()).length;
  const steps: Step[] = [];
  const tell = (step: Step): void => {
    steps.push(step);
    onStep?.(step);
  };
  const plan = async (): Promise<readonly Step[]> => {
    const [recorded, present] = await read(database, false);
    return planOf(files, recorded, present);
  };
  const planSet = async (set: OptionalSet): Promise<readonly Step[]> => {
    const step = optionalPlan(optionalMigration(set), ...(await read(database, set === 'roles')));
    return step === undefined ? [] : [step];
  };
  for (const next of [plan, ...(await setsOf(database, before, optional)).map((set) => () => planSet(set))]) {
    if (dryRun) for (const step of await next()) tell(step);
    else for await (const step of applied(database, next, waiting)) tell(step);
  }
  const from = Math.max(0, ...before.map((row) => row.version));
  return { from, to: files.at(-1)?.version ?? 0, steps, underWay };
}

/** What is recorded and what is there, of one moment: read anew where another program recorded a file in between. */
async function read(
  database: SchemaDatabase,
  roles: boolean,
): Promise<readonly [readonly Recorded[], Present]> {
  let recorded = await database.recorded();
  for (;;) {
    const present = await database.present({ roles });
    const after = await database.recorded();
    if (after.length === recorded.length) return [after, present];
    recorded = after;
  }
}

/** Those asked for, and those that the database has: a function needs the grants that its version was written for. */
async function setsOf(
  database: SchemaDatabase,
  recorded: readonly Recorded[],
  asked: readonly OptionalSet[],
): Promise<readonly OptionalSet[]> {
  const known = new Set(recorded.map(({ name }) => name));
  const roles = asked.includes('roles') || (await database.hasRoles());
  return OPTIONAL_SETS.filter(
    (set) => asked.includes(set) || known.has(optionalMigration(set).name) || (set === 'roles' && roles),
  );
}

/** The first of what is planned, again and again, until nothing is. */
async function* applied(
  database: SchemaDatabase,
  plan: () => Promise<readonly Step[]>,
  waiting: Waiting,
): AsyncGenerator<Step> {
  for (;;) {
    await waitForOthers(database.changes, waiting);
    const [step] = await plan();
    if (step === undefined) return;
    yield await apply(database, step, plan, waiting);
  }
}

/** @returns the step as it was taken in the end: what others did meanwhile is there already */
async function apply(
  database: SchemaDatabase,
  planned: Step,
  plan: () => Promise<readonly Step[]>,
  waiting: Waiting,
): Promise<Step> {
  let step = planned;
  let refusals = 0;
  // Each attempt is begun when the one before is over, by whichever program.
  for (let attempt = 1; ; attempt += 1) {
    const { version, name, digest } = step.migration;
    let failure: unknown;
    try {
      if (step.missing.length === 0 || (await applyChange(database.changes, step, attempt, waiting))) {
        await database.record({ version, name, digest });
        return step;
      }
    } catch (error) {
      failure = error;
      refusals += 1;
      const status = statusOf(error);
      if (status === undefined || !CONTENDED.has(status) || refusals === TRIES) throw refused(step, error);
      await waiting.sleep(FIRST_WAIT * 2 ** Math.min(refusals - 1, 4));
    }
    await waitForOthers(database.changes, waiting);
    const again = (await plan()).find(({ migration }) => migration.name === name);
    // Whoever else was at work has recorded it, too.
    if (again === undefined) return { ...step, missing: [], there: step.there + step.missing.length };
    // It took place up to where it was given up, and nobody else has done anything since that would explain it.
    if (failure instanceof ChangeFailed && isRest(again, step, failure.applied)) throw refused(step, failure);
    step = again;
  }
}

const isRest = (again: Step, { missing }: Step, taken: number): boolean =>
  again.missing.join(';') === missing.slice(taken).join(';');

const DENIED = new Set([7, 16]);
const UNANSWERED = new Set([4, 14]);

function refused({ migration: { name }, missing }: Step, cause: unknown): JobtrailError {
  if (cause instanceof JobtrailError) return cause;
  const status = statusOf(cause) ?? 0;
  if (DENIED.has(status)) {
    return new JobtrailError(
      'store-unavailable',
      `Spanner does not let these credentials change the schema: ${messageOf(cause)}`,
      'Whoever migrates needs roles/spanner.databaseAdmin on the database (docs/migrate.md).',
      { cause },
    );
  }
  if (UNANSWERED.has(status)) {
    return new JobtrailError(
      'store-unavailable',
      `Spanner did not answer to ${name}: ${messageOf(cause)}`,
      'Run `npx jobtrail migrate` again: what it had begun is waited for, what is there is recognised.',
      { cause },
    );
  }
  const at = cause instanceof ChangeFailed ? missing[cause.applied] : undefined;
  const where = at === undefined ? '' : ` at ${firstLine(at)}`;
  return new JobtrailError(
    'store-schema',
    `Spanner did not apply ${name}${where}: ${messageOf(cause)}`,
    'Statements before the refused one are applied and stay; correct the cause and run `npx jobtrail migrate` again.',
    { cause },
  );
}

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
