/** Whether the store answers, and whether its schema is the one of this program. */
import type { JobtrailError } from '../../errors.ts';
import type { Step } from '../../store/spanner/migrate-plan.ts';
import { type CheckText, type Line, shellWord, teller } from '../line.ts';

export const SCHEMA: CheckText = {
  name: 'store',
  looksAt: 'the database: whether it answers, and the schema version in its table SchemaVersions',
  wrongWhen:
    'it does not answer or is not there, files of schemas/spanner/ are not applied, or a newer program applied some',
  warnsWhen: 'the schema is whole and was not recorded, as Terraform leaves a new database',
};

export type SchemaFacts =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'failed'; readonly error: JobtrailError }
  | {
      readonly kind: 'planned';
      readonly version: number;
      readonly newest: number;
      readonly steps: readonly Step[];
    };

const tell = teller(SCHEMA);

export function checkSchema(store: string, facts: SchemaFacts): readonly Line[] {
  const migrate = `npx jobtrail migrate --store ${shellWord(store)}`;
  switch (facts.kind) {
    case 'embedded':
      return [tell.ok(store, 'embedded, migrated when it was opened')];
    case 'failed':
      return [tell.wrong(store, facts.error.message, commandOf(facts.error, store))];
    case 'planned': {
      const { version, newest, steps } = facts;
      if (steps.length === 0) return [tell.ok(store, `answers; schema version ${version}`)];
      const names = steps.map(({ migration }) => migration.name).join(', ');
      if (steps.every((step) => step.missing.length === 0)) {
        return [tell.warning(store, `answers; the schema is whole and not recorded: ${names}`, migrate)];
      }
      const says = `schema version ${version}, this program needs ${newest}; not applied: ${names}`;
      return [tell.wrong(store, says, migrate)];
    }
    default:
      return facts satisfies never;
  }
}

/** The hint where it is a command by itself. */
function commandOf(error: JobtrailError, store: string): string {
  const command = /gcloud .*$/.exec(error.hint)?.[0];
  if (command !== undefined) return command.replace(/\), then run it again\.$/, '');
  if (store.startsWith('sqlite:')) return 'npm start';
  if (error.code === 'schema-newer') return 'git pull && npm ci';
  return `npx jobtrail migrate --store ${shellWord(store)} --dry-run`;
}
