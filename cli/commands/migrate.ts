/** `jobtrail migrate`: brings a Spanner database to the newest schema of this program. */
import { parseArgs } from 'node:util';
import { JobtrailError } from '../../shared/errors.ts';
import { parseStoreSpec } from '../../shared/store/open.ts';
import { firstLine, type Step } from '../../shared/store/spanner/migrate-plan.ts';
import { migrate as migrateDatabase, type Migrated } from '../../shared/store/spanner/migrate.ts';
import { OPTIONAL_SETS, type OptionalSet } from '../../shared/store/spanner/migrations.ts';
import { EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { createChangeProgress } from '../run/migrate-progress.ts';

export async function migrate(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      store: { type: 'string' },
      optional: { type: 'string', multiple: true, default: [] },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const name = databaseOf(values.store);
  const dryRun = values['dry-run'];
  const optional = values.optional.map(optionalSet);
  const { openSchema } = await import('../../shared/store/spanner/migrate-database.ts');
  const database = await openSchema(name, terminal.environment['SPANNER_EMULATOR_HOST']);
  const progress = createChangeProgress(terminal.err);
  try {
    const migrated = await migrateDatabase(database, {
      dryRun,
      optional,
      onRunning: (change) => progress.show(change),
      ...(values.json ? undefined : { onStep: (step: Step) => terminal.out(stepText(step, dryRun)) }),
    });
    terminal.out(values.json ? `${JSON.stringify(jsonOf(migrated, dryRun))}\n` : endText(migrated, dryRun));
    return EXIT.ok;
  } finally {
    await database.close();
  }
}

function databaseOf(
  store: string | undefined,
): Extract<ReturnType<typeof parseStoreSpec>, { kind: 'spanner' }> {
  const spec = store === undefined ? undefined : parseStoreSpec(store);
  if (spec?.kind === 'spanner') return spec;
  throw new JobtrailError(
    'usage',
    spec === undefined
      ? 'migrate needs the database.'
      : 'The embedded store migrates itself when it is opened.',
    'Name it: --store spanner:projects/P/instances/I/databases/D',
  );
}

function optionalSet(text: string): OptionalSet {
  const set = OPTIONAL_SETS.find((one) => one === text);
  if (set !== undefined) return set;
  throw new JobtrailError(
    'usage',
    `--optional takes ${OPTIONAL_SETS.join(' or ')}, not ${text}.`,
    'schemas/spanner/optional/ holds them.',
  );
}

function stepText({ migration, missing, there }: Step, dryRun: boolean): string {
  const kept = there === 0 ? '' : `, ${counted(there)} there already`;
  const lines = missing.map((statement) => `  ${firstLine(statement)}\n`);
  const did = missing.length === 0 ? 'recorded' : `${counted(missing.length)} applied`;
  const would = missing.length === 0 ? 'to record' : `${counted(missing.length)} to apply`;
  return `${migration.name}: ${dryRun ? would : did}${kept}\n${lines.join('')}`;
}

const counted = (count: number): string => `${count} ${count === 1 ? 'statement' : 'statements'}`;

function endText({ from, to, steps, underWay }: Migrated, dryRun: boolean): string {
  const others =
    dryRun && underWay > 0
      ? `${underWay} ${underWay === 1 ? 'change is' : 'changes are'} under way: a run waits for them\n`
      : '';
  if (steps.length === 0) return `${others}schema version ${to}: nothing to do\n`;
  const way = from === to ? `${to}` : `${from} to ${to}`;
  return `${others}schema version ${way}: ${dryRun ? 'nothing was changed' : 'done'}\n`;
}

const jsonOf = ({ from, to, steps, underWay }: Migrated, dryRun: boolean): object => ({
  from,
  to,
  dryRun,
  underWay,
  steps: steps.map(({ migration, missing, there }) => ({
    version: migration.version,
    name: migration.name,
    applied: missing.map(firstLine),
    there,
  })),
});
