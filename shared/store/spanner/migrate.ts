/** Brings a database to the newest schema: applied once, resumable wherever it was ended, safe when two run at once. */
import { JobtrailError, messageOf } from '../../errors.ts';
import { statusOf } from './errors.ts';
import { optionalPlan, planOf, type Present, type Recorded, type Step } from './migrate-plan.ts';
import { type Migration, migrations, type OptionalSet, optionalMigration } from './migrations.ts';

/** What a migration asks of the database it changes. */
export interface SchemaDatabase {
  /** Rows of SchemaVersions; none where that table is not there. */
  recorded(): Promise<readonly Recorded[]>;
  /** Names of what is there; roles only where asked for, since the emulator has none. */
  present(options: { readonly roles: boolean }): Promise<Present>;
  /** One batch of DDL: statements take effect in order, those before a failed one stay. */
  apply(statements: readonly string[]): Promise<void>;
  /** Makes SchemaVersions where it is missing and keeps the row. */
  record(applied: Recorded): Promise<void>;
}

export interface MigrateOptions {
  /** Plans and changes nothing. */
  readonly dryRun?: boolean;
  /** Optional sets to apply after the numbered files. */
  readonly optional?: readonly OptionalSet[];
  /** Told of each step when it is done, or would be. */
  readonly onStep?: (step: Step) => void;
  /** The numbered files; tests bring their own. */
  readonly files?: readonly Migration[];
  /** Waits between two tries. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

export interface Migrated {
  /** Version before; 0 where nothing was recorded. */
  readonly from: number;
  readonly to: number;
  readonly steps: readonly Step[];
}

/** Tries of one file while others change the same database. */
const TRIES = 8;
const FIRST_WAIT = 250;
/** Of google.rpc.Code: what another migration at work at the same moment makes of a batch. */
const CONTENDED = new Set([6, 9, 10]);

/**
 * Each file is applied and recorded before the next. Where another migration is at work at the same moment, what is there is
 * read anew, so that what it did is found done.
 * @throws JobtrailError `schema-newer`, `schema-conflict`, or `store-schema` when Spanner refuses a statement.
 */
export async function migrate(database: SchemaDatabase, options: MigrateOptions = {}): Promise<Migrated> {
  const files = options.files ?? migrations();
  const { dryRun = false, optional = [], onStep, sleep = wait } = options;
  const recorded = await database.recorded();
  const steps: Step[] = [];
  const take = async (planned: Step, replan: () => Promise<Step | undefined>): Promise<void> => {
    if (!dryRun) await apply(database, planned, replan, sleep);
    steps.push(planned);
    onStep?.(planned);
  };
  const planned = async (): Promise<readonly Step[]> =>
    planOf(files, await database.recorded(), await database.present({ roles: false }));
  for (const step of planOf(files, recorded, await database.present({ roles: false }))) {
    await take(step, async () =>
      (await planned()).find(({ migration }) => migration.name === step.migration.name),
    );
  }
  for (const set of optional) {
    const plan = async (): Promise<Step | undefined> =>
      optionalPlan(
        optionalMigration(set),
        await database.recorded(),
        await database.present({ roles: set === 'roles' }),
      );
    const step = await plan();
    if (step !== undefined) await take(step, plan);
  }
  const from = Math.max(0, ...recorded.map((row) => row.version));
  return { from, to: files.at(-1)?.version ?? 0, steps };
}

async function apply(
  database: SchemaDatabase,
  planned: Step,
  replan: () => Promise<Step | undefined>,
  sleep: (milliseconds: number) => Promise<void>,
): Promise<void> {
  let step: Step | undefined = planned;
  for (let attempt = 1; step !== undefined; attempt += 1) {
    const { version, name, digest } = step.migration;
    try {
      if (step.missing.length > 0) await database.apply(step.missing);
      await database.record({ version, name, digest });
      return;
    } catch (error) {
      const status = statusOf(error);
      if (status === undefined || !CONTENDED.has(status) || attempt === TRIES) throw refused(name, error);
      await sleep(FIRST_WAIT * 2 ** Math.min(attempt - 1, 4));
      step = await replan();
    }
  }
}

function refused(file: string, cause: unknown): JobtrailError {
  if (cause instanceof JobtrailError) return cause;
  return new JobtrailError(
    'store-schema',
    `Spanner did not apply ${file}: ${messageOf(cause)}`,
    'Statements before the refused one are applied and stay; correct the cause and run `npx jobtrail migrate` again.',
    { cause },
  );
}

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
