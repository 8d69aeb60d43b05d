/** Whether the store answers, and whether its schema is the one of this program. */
import type { JobtrailError } from '../../errors.ts';
import type { Step } from '../../store/spanner/migrate-plan.ts';
import { createCheck, type Line } from '../line.ts';
import { command } from '../shell.ts';

export const SCHEMA = createCheck({
  name: 'store',
  looksAt: 'the database: whether it answers, and the schema version in its table SchemaVersions',
  codes: {
    unusable: { state: 'wrong', means: 'it is not there, does not answer, or its schema cannot be planned' },
    'not-migrated': { state: 'wrong', means: 'files of schemas/spanner/ are not applied' },
    newer: { state: 'wrong', means: 'a newer version of the program applied some' },
    'not-recorded': {
      state: 'warning',
      means: 'the schema is whole and was not recorded, as Terraform leaves a new database',
    },
  },
});

export interface DatabasePlace {
  readonly project: string;
  readonly instance: string;
  readonly database: string;
}

export type SchemaFacts =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'failed'; readonly error: JobtrailError }
  /** These credentials may not read it. */
  | { readonly kind: 'denied'; readonly place: DatabasePlace }
  | {
      readonly kind: 'planned';
      readonly version: number;
      readonly newest: number;
      readonly steps: readonly Step[];
    };

export function checkSchema(store: string, facts: SchemaFacts): readonly Line[] {
  const migrate = command('npx jobtrail migrate', '--store', store);
  switch (facts.kind) {
    case 'embedded':
      return [SCHEMA.ok(store, 'embedded, migrated when it was opened')];
    case 'failed': {
      const { error } = facts;
      const code = error.code === 'schema-newer' ? 'newer' : 'unusable';
      return [SCHEMA.found(code, store, error.message, commandOf(error, store))];
    }
    case 'denied':
      return [
        SCHEMA.unasked(store, {
          code: 'not-permitted',
          why: `needs spanner.databases.select on database ${facts.place.database}`,
          mend: grantReading(facts.place),
        }),
      ];
    case 'planned': {
      const { version, newest, steps } = facts;
      if (steps.length === 0) return [SCHEMA.ok(store, `answers; schema version ${version}`)];
      const names = steps.map(({ migration }) => migration.name).join(', ');
      if (steps.every((step) => step.missing.length === 0)) {
        const says = `answers; the schema is whole and not recorded: ${names}`;
        return [SCHEMA.found('not-recorded', store, says, migrate)];
      }
      const says = `schema version ${version}, this program needs ${newest}; not applied: ${names}`;
      return [SCHEMA.found('not-migrated', store, says, migrate)];
    }
    default:
      return facts satisfies never;
  }
}

/** Reading takes no more. */
export function grantReading({ project, instance, database }: DatabasePlace): string {
  const place = [database, `--instance=${instance}`, `--project=${project}`];
  const what = ['--member=user:YOU', '--role=roles/spanner.databaseReader', '--condition=None'];
  return command('gcloud spanner databases add-iam-policy-binding', ...place, ...what);
}

/** The hint where it is a command by itself. */
function commandOf(error: JobtrailError, store: string): string {
  // Its values have passed the grammar of a store's name, which has nothing that a shell reads.
  const hinted = /gcloud spanner .*$/.exec(error.hint)?.[0];
  if (hinted !== undefined) return hinted;
  if (store.startsWith('sqlite:')) return 'npm start';
  if (error.code === 'schema-newer') return 'git pull && npm ci';
  return command('npx jobtrail migrate', '--store', store, '--dry-run');
}
