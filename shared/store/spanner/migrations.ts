/** schemas/spanner/ as data: numbered files in order, and the optional sets that are applied apart. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../../schemas/spanner/', import.meta.url);

export interface Migration {
  /** Counted from 1 without gaps; of an optional set 0. */
  readonly version: number;
  /** Of the file, as in `0003_alerts.sql`. */
  readonly name: string;
  readonly statements: readonly string[];
  /** Of the statements without comments and layout, so that a corrected comment is no other schema. */
  readonly digest: string;
}

/** Sets that need what not every database has: roles are not in the emulator, property graphs need the Enterprise edition. */
export const OPTIONAL_SETS = ['roles', 'graph'] as const;
export type OptionalSet = (typeof OPTIONAL_SETS)[number];

/** Every numbered file, oldest first. */
export function migrations(): readonly Migration[] {
  const names = readdirSync(FOLDER)
    .filter((name) => /^\d{4}_\w+\.sql$/.test(name))
    .sort();
  return names.map((name) => migrationOf(Number(name.slice(0, 4)), name, read(name)));
}

export const optionalMigration = (set: OptionalSet): Migration =>
  migrationOf(0, `optional/${set}.sql`, read(`optional/${set}.sql`));

export function migrationOf(version: number, name: string, sql: string): Migration {
  const statements = statementsOf(sql);
  const text = statements.map((statement) => statement.replace(/\s+/g, ' ')).join(';');
  return { version, name, statements, digest: createHash('sha256').update(text).digest('hex') };
}

/** Our files hold no string with `--` or `;` in it. */
function statementsOf(sql: string): readonly string[] {
  const lines = sql.split('\n').map((line) => line.replace(/\s*--.*$/, ''));
  const statements = lines.join('\n').split(';');
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== '');
}

const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');
