/** What a request to Spanner takes of privileges: https://docs.cloud.google.com/spanner/docs/fgac-privileges */
import { protos } from '@google-cloud/spanner';
import { type Table, TABLES } from '../../../schemas/tables.ts';
import { COLUMNS, type Columns, type Grants, type Privilege, VIEWS } from './grants.ts';

export interface Need {
  readonly privilege: Privilege;
  /** Of a table or a view. */
  readonly name: string;
  readonly columns: Columns;
}

const { v1 } = protos.google.spanner;
const tables: readonly Table[] = Object.values(TABLES);

export interface Asked {
  readonly session: string;
  readonly needs: readonly Need[];
}

/** Undefined for a call that touches no rows. */
export function askedBy(method: string, message: Uint8Array): Asked | undefined {
  const [service = '', call = ''] = method.split('/');
  if (service !== 'google.spanner.v1.Spanner') return undefined;
  switch (call) {
    case 'Read':
    case 'StreamingRead': {
      const { session, table, index, columns } = v1.ReadRequest.decode(message);
      return { session, needs: [readNeed(table, index, columns)] };
    }
    case 'ExecuteSql':
    case 'ExecuteStreamingSql': {
      const { session, sql } = v1.ExecuteSqlRequest.decode(message);
      return { session, needs: needsOfSql(sql) };
    }
    case 'Commit': {
      const { session, mutations } = v1.CommitRequest.decode(message);
      return { session, needs: mutations.flatMap(needsOfMutation) };
    }
    case 'BeginTransaction':
    case 'Rollback':
    case 'CreateSession':
    case 'BatchCreateSessions':
    case 'GetSession':
    case 'DeleteSession':
      return undefined;
    default:
      throw new Error(`${method} is not among the calls whose privileges are known here`);
  }
}

/** What is missing of a need, as a sentence; undefined where the role has it. */
export function lackOf(grants: Grants, role: string, { privilege, name, columns }: Need): string | undefined {
  const held = grants.columns(role, privilege, name);
  if (held === 'all') return undefined;
  const wanted = columns === 'all' ? [...(COLUMNS.get(name) ?? ['*'])] : [...columns];
  const missing = wanted.filter((column) => !held.has(column));
  // A count of rows needs one column, whichever.
  if (missing.length === 0 && held.size > 0) return undefined;
  return `${role} has no ${privilege} on ${name}${held.size === 0 ? '' : ` (${missing.join(', ')})`}`;
}

function readNeed(table: string, index: string, columns: readonly string[]): Need {
  const known = tables.find(({ name }) => name === table);
  const key = known?.indexes.find(({ name }) => name === index)?.columns;
  return { privilege: 'SELECT', name: table, columns: new Set([...columns, ...(key ?? known?.key ?? [])]) };
}

function needsOfMutation({
  insert,
  update,
  insertOrUpdate,
  replace,
  delete: gone,
}: protos.google.spanner.v1.IMutation): readonly Need[] {
  const write = (
    part: protos.google.spanner.v1.Mutation.IWrite | null | undefined,
    ...privileges: Privilege[]
  ): readonly Need[] =>
    part?.table === null || part?.table === undefined
      ? []
      : privileges.map((privilege) => ({
          privilege,
          name: String(part.table),
          columns: new Set(part.columns ?? []),
        }));
  return [
    ...write(insert, 'INSERT'),
    ...write(update, 'UPDATE'),
    ...write(insertOrUpdate, 'INSERT', 'UPDATE'),
    ...write(replace, 'INSERT', 'UPDATE', 'DELETE'),
    ...(gone?.table === null || gone?.table === undefined
      ? []
      : [{ privilege: 'DELETE', name: gone.table, columns: 'all' } as const]),
  ];
}

/** Texts and comments, in which a name is none. */
const QUOTED = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|--[^\n]*/g;

/**
 * Tables and views that a query names, and of a view what is beneath it, since all are INVOKER. Columns are the words of the text
 * that a table has: too many where two tables have columns of one name, never too few. `SELECT *` is every column.
 */
export function needsOfSql(sql: string): readonly Need[] {
  const needs = new Map<string, Set<string>>();
  const seen = new Set<string>();
  const visit = (text: string): void => {
    const bare = text.replaceAll(QUOTED, ' ');
    const words = new Set(bare.match(/\w+/g) ?? []);
    const star = /(?:SELECT|\.|,)\s*\*/.test(bare);
    for (const [name, columns] of COLUMNS) {
      if (!words.has(name)) continue;
      const wanted = needs.get(name) ?? new Set();
      for (const column of columns) if (star || words.has(column)) wanted.add(column);
      needs.set(name, wanted);
    }
    for (const [name, statement] of VIEWS) {
      if (!words.has(name) || seen.has(name)) continue;
      seen.add(name);
      visit(statement.slice(statement.indexOf(' AS\n')));
    }
  };
  visit(sql);
  return [
    ...[...needs].map(([name, columns]): Need => ({ privilege: 'SELECT', name, columns })),
    ...[...seen].map((name): Need => ({ privilege: 'SELECT', name, columns: 'all' })),
  ];
}
