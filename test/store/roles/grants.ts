/**
 * schemas/spanner/optional/roles.sql as Spanner reads it: the grammar of CREATE ROLE and GRANT in its reference of the data
 * definition language, names in the case in which tables, columns and views were made. Anything else is refused.
 */
import { type Table, TABLES } from '../../../schemas/tables.ts';
import { schemaStatements } from '../../../shared/store/spanner/schema.ts';

export const PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;
export type Privilege = (typeof PRIVILEGES)[number];

/** What a role may do with a table or a view: with all of its columns, or with some. */
export type Columns = ReadonlySet<string> | 'all';

export interface Grants {
  readonly roles: ReadonlySet<string>;
  /** Columns of `name` for which the role, or one that it is a member of, has the privilege. */
  columns(role: string, privilege: Privilege, name: string): Columns;
  /** `ROLE: PRIVILEGE NAME`, as each was granted. */
  readonly lines: readonly string[];
}

const NONE: ReadonlySet<string> = new Set();
/** Of the database; every role may be made a member. */
const SYSTEM_ROLES: ReadonlySet<string> = new Set(['spanner_info_reader', 'spanner_sys_reader']);

export const VIEWS: ReadonlyMap<string, string> = new Map(
  schemaStatements().flatMap((statement) => {
    const name = /^CREATE VIEW (\w+) /.exec(statement)?.[1];
    return name === undefined ? [] : [[name, statement] as const];
  }),
);

const tables: readonly Table[] = Object.values(TABLES);
/** Table → its columns. */
export const COLUMNS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  schemaStatements().flatMap((statement) => {
    const name = /^CREATE TABLE (\w+) /.exec(statement)?.[1];
    if (name === undefined) return [];
    const known = tables.find((table) => table.name === name)?.columns.map((column) => column.name);
    const read = [...statement.matchAll(/^ {2}(\w+) /gm)].flatMap(([, column = '']) =>
      column === 'ROW' ? [] : [column],
    );
    return [[name, new Set(known ?? read)] as const];
  }),
);

const ROLE = /^CREATE ROLE (\w+)$/;
const ON_TABLE = /^GRANT (.+?) ON TABLE ([\w, ]+) TO ROLE ([\w, ]+)$/;
const ON_VIEW = /^GRANT SELECT ON VIEW ([\w, ]+) TO ROLE ([\w, ]+)$/;
const OF_ROLE = /^GRANT ROLE ([\w, ]+) TO ROLE ([\w, ]+)$/;

const names = (list: string): readonly string[] => list.split(',').map((name) => name.trim());

/** @throws Error for a statement that Spanner would not take */
export function readGrants(statements: readonly string[]): Grants {
  const roles = new Set<string>();
  const memberOf = new Map<string, Set<string>>();
  const granted = new Map<string, Set<string> | 'all'>();
  const lines: string[] = [];
  const role = (name: string): string => {
    if (!roles.has(name)) throw new Error(`no role ${name} was made before it is granted something`);
    return name;
  };
  for (const statement of statements.map((text) => text.replaceAll(/\s+/g, ' '))) {
    const [, made] = ROLE.exec(statement) ?? [];
    const [, privileges, onTables = '', toRoles = ''] = ON_TABLE.exec(statement) ?? [];
    const [, onViews, toReaders = ''] = ON_VIEW.exec(statement) ?? [];
    const [, given, toMembers = ''] = OF_ROLE.exec(statement) ?? [];
    if (made !== undefined) {
      if (roles.has(made)) throw new Error(`role ${made} is made twice`);
      roles.add(made);
    } else if (privileges !== undefined) {
      for (const { privilege, columns } of privilegesIn(privileges)) {
        for (const table of names(onTables)) {
          const ofTable = COLUMNS.get(table);
          if (ofTable === undefined) throw new Error(`no table ${table}: ${statement}`);
          if (columns !== 'all')
            for (const column of columns)
              if (!ofTable.has(column)) throw new Error(`no column ${table}.${column}`);
          for (const to of names(toRoles)) {
            add(granted, key(role(to), privilege, table), columns);
            lines.push(`${to}: ${privilege} ${table}`);
          }
        }
      }
    } else if (onViews !== undefined) {
      for (const view of names(onViews)) {
        if (!VIEWS.has(view)) throw new Error(`no view ${view}: ${statement}`);
        for (const to of names(toReaders)) {
          add(granted, key(role(to), 'SELECT', view), 'all');
          lines.push(`${to}: SELECT ${view}`);
        }
      }
    } else if (given !== undefined) {
      for (const to of names(toMembers)) {
        const of = memberOf.get(role(to)) ?? new Set();
        for (const one of names(given)) of.add(SYSTEM_ROLES.has(one) ? one : role(one));
        memberOf.set(to, of);
      }
    } else throw new Error(`no statement of roles: ${statement}`);
  }
  const all = (of: string, seen = new Set<string>()): ReadonlySet<string> => {
    if (seen.has(of)) return seen;
    seen.add(of);
    for (const one of memberOf.get(of) ?? []) all(one, seen);
    return seen;
  };
  return {
    roles,
    lines,
    columns(of, privilege, name) {
      const held = [...all(of)].map((one) => granted.get(key(one, privilege, name)) ?? NONE);
      return held.includes('all') ? 'all' : new Set(held.flatMap((one) => (one === 'all' ? [] : [...one])));
    },
  };
}

const key = (role: string, privilege: Privilege, name: string): string => `${role}: ${privilege} ${name}`;

function add(granted: Map<string, Set<string> | 'all'>, at: string, columns: Columns): void {
  const before = granted.get(at);
  if (before === 'all') return;
  granted.set(at, columns === 'all' ? 'all' : new Set([...(before ?? []), ...columns]));
}

const PART = /(SELECT|INSERT|UPDATE|DELETE)(?: ?\(([\w, ]+)\))?(?:, |$)/y;
const isPrivilege = (text: string): text is Privilege => PRIVILEGES.some((one) => one === text);

function privilegesIn(text: string): readonly { readonly privilege: Privilege; readonly columns: Columns }[] {
  const found: { privilege: Privilege; columns: Columns }[] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const [, privilege = '', columns] = PART.exec(text) ?? [];
    if (!isPrivilege(privilege) || (privilege === 'DELETE' && columns !== undefined))
      throw new Error(`no privileges: ${text}`);
    found.push({ privilege, columns: columns === undefined ? 'all' : new Set(names(columns)) });
  }
  return found;
}
