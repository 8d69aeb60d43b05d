/**
 * What of the numbered files a database still needs, from what is in it. Spanner applies the statements of a batch one after
 * the other and goes on when the program that sent them is gone, so a file may be there in part: each statement is
 * recognised by what it makes.
 */
import { JobtrailError } from '../../errors.ts';
import type { Migration } from './migrations.ts';

/** What a statement leaves behind. `again`: applied twice it does the same. */
export type Effect =
  | { readonly kind: 'table'; readonly name: string; readonly columns: readonly string[] }
  | { readonly kind: 'view' | 'index' | 'role'; readonly name: string }
  | { readonly kind: 'column'; readonly table: string; readonly name: string }
  | { readonly kind: 'dropped'; readonly what: 'table' | 'view' | 'index'; readonly name: string }
  | { readonly kind: 'again' };

/** What is in a database, by name. */
export interface Present {
  readonly tables: ReadonlyMap<string, ReadonlySet<string>>;
  readonly views: ReadonlySet<string>;
  readonly indexes: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
}

/** A row of SchemaVersions. */
export interface Recorded {
  readonly version: number;
  readonly name: string;
  readonly digest: string;
}

export interface Step {
  readonly migration: Migration;
  /** Statements to apply, in order; empty where all are there and only the record is missing. */
  readonly missing: readonly string[];
  /** Statements recognised as applied. */
  readonly there: number;
}

const CREATE = /^CREATE (?:UNIQUE |NULL_FILTERED )*(TABLE|VIEW|INDEX|ROLE) (\w+)/;
const ADD_COLUMN = /^ALTER TABLE (\w+) ADD COLUMN (\w+) /;
const DROP = /^DROP (TABLE|VIEW|INDEX) (\w+)$/;
const AGAIN =
  /^(CREATE OR REPLACE |GRANT |ALTER TABLE \w+ (ALTER COLUMN|REPLACE ROW DELETION POLICY) |ALTER DATABASE )/;

const CREATED = { VIEW: 'view', INDEX: 'index', ROLE: 'role' } as const;
const DROPPED = { TABLE: 'table', VIEW: 'view', INDEX: 'index' } as const;
const isKeyOf = <T extends object>(names: T, name: string): name is Extract<keyof T, string> =>
  Object.hasOwn(names, name);

/** @throws JobtrailError `schema-conflict` for a form that could not be recognised when it is there already. */
export function effectOf(statement: string): Effect {
  const [, what = '', name = ''] = CREATE.exec(statement) ?? [];
  if (what === 'TABLE') return { kind: 'table', name, columns: columnsOf(statement) };
  if (isKeyOf(CREATED, what)) return { kind: CREATED[what], name };
  const [, table, column] = ADD_COLUMN.exec(statement) ?? [];
  if (table !== undefined && column !== undefined) return { kind: 'column', table, name: column };
  const [, dropped = '', gone = ''] = DROP.exec(statement) ?? [];
  if (isKeyOf(DROPPED, dropped)) return { kind: 'dropped', what: DROPPED[dropped], name: gone };
  if (AGAIN.test(statement)) return { kind: 'again' };
  throw new JobtrailError(
    'schema-conflict',
    `A statement of the schema is of a form that cannot be resumed: ${firstLine(statement)}.`,
    'Write it in a form of shared/store/spanner/migrate-plan.ts.',
  );
}

/** Our tables have one column a line, indented by two. */
const columnsOf = (statement: string): readonly string[] =>
  [...statement.matchAll(/^ {2}(\w+) (?:STRING|INT64|TIMESTAMP|ARRAY|BOOL|BYTES|JSON|FLOAT64)\b/gm)].map(
    ([, name = '']) => name,
  );

export const firstLine = (statement: string): string => statement.split('\n')[0]?.replace(/ \($/, '') ?? '';

/** @throws JobtrailError `schema-conflict` where a table of that name is another one. */
function isThere(effect: Effect, present: Present, file: string): boolean {
  switch (effect.kind) {
    case 'table': {
      const columns = present.tables.get(effect.name);
      const missing = effect.columns.filter((column) => columns?.has(column) === false);
      if (missing.length === 0) return columns !== undefined;
      throw new JobtrailError(
        'schema-conflict',
        `Table ${effect.name} is there and has no column ${missing.join(', ')}, which ${file} makes it with.`,
        'Take a database of its own for Jobtrail, or drop that table if it was made by hand.',
      );
    }
    case 'view':
      return present.views.has(effect.name);
    case 'index':
      return present.indexes.has(effect.name);
    case 'role':
      return present.roles.has(effect.name);
    case 'column':
      return present.tables.get(effect.table)?.has(effect.name) === true;
    case 'dropped':
      return !namesOf(present, effect.what).has(effect.name);
    case 'again':
      return false;
    default:
      return effect satisfies never;
  }
}

const namesOf = (present: Present, what: 'table' | 'view' | 'index'): ReadonlySet<string> =>
  what === 'table' ? new Set(present.tables.keys()) : what === 'view' ? present.views : present.indexes;

/** @throws JobtrailError `schema-newer` when a newer program applied files that this one has not */
export function refuseNewer(files: readonly Migration[], recorded: readonly Recorded[]): void {
  const newest = files.at(-1)?.version ?? 0;
  const newer = recorded.find((row) => row.version > newest);
  if (newer === undefined) return;
  throw new JobtrailError(
    'schema-newer',
    `The database has schema version ${Math.max(...recorded.map((row) => row.version))} (${newer.name}); this program knows ${newest}.`,
    'Install the version of jobtrail that applied it, or a later one. Nothing was changed.',
  );
}

/**
 * Steps that bring the database to the newest file.
 * @throws JobtrailError `schema-newer`, as above; `schema-conflict` when an applied file had another text, or what it made is
 * gone or another.
 */
export function planOf(
  files: readonly Migration[],
  recorded: readonly Recorded[],
  present: Present,
): readonly Step[] {
  refuseNewer(files, recorded);
  const done = new Map(recorded.map((row) => [row.name, row]));
  for (const file of files) {
    const row = done.get(file.name);
    if (row !== undefined && row.digest !== file.digest) {
      throw new JobtrailError(
        'schema-conflict',
        `${file.name} was applied with another text than this program has.`,
        'Install the version of jobtrail that applied it; a released file is never edited, changes come as a new one.',
      );
    }
  }
  const applied = files.filter((file) => done.has(file.name));
  // A file that is there in part, or is being applied at this moment, may have dropped what an earlier one made.
  const [gone] = goneOf(
    applied,
    present,
    files.filter((file) => !done.has(file.name)),
  );
  if (gone !== undefined) {
    throw new JobtrailError(
      'schema-conflict',
      `${gone.what} is not there, and ${gone.file} is recorded as applied.`,
      'Restore the database from a backup, or make it again by that statement of schemas/spanner/.',
    );
  }
  const steps: Step[] = [];
  let state = present;
  for (const file of files) {
    if (done.has(file.name)) continue;
    const planned = stepOf(file, state);
    steps.push(planned.step);
    state = planned.after;
  }
  return steps;
}

/** An optional set is applied anew when its text is another than the one that was applied. */
export function optionalPlan(
  set: Migration,
  recorded: readonly Recorded[],
  present: Present,
): Step | undefined {
  const row = recorded.find(({ name }) => name === set.name);
  return row?.digest === set.digest ? undefined : stepOf(set, present).step;
}

/**
 * What a file both drops and makes. Of such a one nobody could tell, after it was ended midway, whether what is there is the old or
 * the new, and would drop the new: it takes two files.
 */
export function bothDroppedAndMade({ statements }: Migration): readonly string[] {
  const effects = statements.map(effectOf);
  const made = new Set(
    effects.flatMap((one) => ('name' in one && one.kind !== 'dropped' ? [`${one.kind} ${one.name}`] : [])),
  );
  return effects.flatMap((one) =>
    one.kind === 'dropped' && made.has(`${one.what} ${one.name}`) ? [`${one.what} ${one.name}`] : [],
  );
}

/** Each statement is looked for in what those before it make of the database. */
function stepOf(migration: Migration, present: Present): { readonly step: Step; readonly after: Present } {
  const [both] = bothDroppedAndMade(migration);
  if (both !== undefined) {
    throw new JobtrailError(
      'schema-conflict',
      `${migration.name} both drops and makes ${both}, which cannot be resumed.`,
      'Make it anew in a file of its own, after the one that drops it.',
    );
  }
  const missing: string[] = [];
  let after = present;
  for (const statement of migration.statements) {
    const effect = effectOf(statement);
    if (isThere(effect, after, migration.name)) continue;
    missing.push(statement);
    after = withEffect(after, effect);
  }
  return { step: { migration, missing, there: migration.statements.length - missing.length }, after };
}

function withEffect(present: Present, effect: Effect): Present {
  const { tables, views, indexes, roles } = present;
  switch (effect.kind) {
    case 'table':
      return { ...present, tables: new Map([...tables, [effect.name, new Set(effect.columns)]]) };
    case 'column': {
      const columns = new Set([...(tables.get(effect.table) ?? []), effect.name]);
      return { ...present, tables: new Map([...tables, [effect.table, columns]]) };
    }
    case 'view':
      return { ...present, views: new Set([...views, effect.name]) };
    case 'index':
      return { ...present, indexes: new Set([...indexes, effect.name]) };
    case 'role':
      return { ...present, roles: new Set([...roles, effect.name]) };
    case 'dropped': {
      const others = (names: ReadonlySet<string>): ReadonlySet<string> =>
        new Set([...names].filter((name) => name !== effect.name));
      if (effect.what === 'view') return { ...present, views: others(views) };
      if (effect.what === 'index') return { ...present, indexes: others(indexes) };
      return { ...present, tables: new Map([...tables].filter(([name]) => name !== effect.name)) };
    }
    case 'again':
      return present;
    default:
      return effect satisfies never;
  }
}

/** What applied files made, neither they nor those that follow drop, and is not there. */
export function goneOf(
  applied: readonly Migration[],
  present: Present,
  following: readonly Migration[] = [],
): readonly { readonly what: string; readonly file: string }[] {
  const made = new Map<string, { readonly effect: Effect; readonly file: string }>();
  for (const { name: file, statements } of applied) {
    for (const effect of statements.map(effectOf)) {
      if (effect.kind === 'dropped') made.delete(`${effect.what} ${effect.name}`);
      else if (effect.kind === 'column') made.set(`column ${effect.table}.${effect.name}`, { effect, file });
      else if (effect.kind !== 'again') made.set(`${effect.kind} ${effect.name}`, { effect, file });
    }
  }
  for (const effect of following.flatMap(({ statements }) => statements.map(effectOf))) {
    if (effect.kind === 'dropped') made.delete(`${effect.what} ${effect.name}`);
  }
  return [...made].flatMap(([what, { effect, file }]) =>
    isThere(effect, present, file)
      ? []
      : [{ what: what.replace(/^./, (letter) => letter.toUpperCase()), file }],
  );
}
