/** The DDL of both stores against schemas/tables.ts. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { type Column, type Index, MAX_CELL, type Table, TABLES } from '../../schemas/tables.ts';
import { schemaStatements } from '../../shared/store/spanner/schema.ts';
import { openDatabase } from '../../shared/store/sqlite/database.ts';

const tables: readonly Table[] = Object.values(TABLES);

function spannerType({ type, max }: Column): string {
  const text = `STRING(${max === MAX_CELL ? 'MAX' : max})`;
  return { string: text, strings: `ARRAY<${text}>`, int64: 'INT64', timestamp: 'TIMESTAMP' }[type];
}

function spannerTable({ name, columns, key, descending = [] }: Table): string {
  const lines = columns.map(
    (column) => `  ${column.name} ${spannerType(column)}${column.required ? ' NOT NULL' : ''},\n`,
  );
  const expires = columns.some((column) => column.name === 'ExpireAt');
  const policy = ',\n  ROW DELETION POLICY (OLDER_THAN(ExpireAt, INTERVAL 0 DAY))';
  return `CREATE TABLE ${name} (\n${lines.join('')}) PRIMARY KEY (${inOrder(key, descending)})${expires ? policy : ''}`;
}

const inOrder = (columns: readonly string[], descending: readonly string[]): string =>
  columns.map((column) => `${column}${descending.includes(column) ? ' DESC' : ''}`).join(', ');

const indexColumns = ({ columns, descending = [] }: Index): string => inOrder(columns, descending);

describe('spanner', () => {
  const statements = schemaStatements();

  test.each(tables.map((table) => [table.name, table] as const))('%s', (_name, table) => {
    expect(statements).toContain(spannerTable(table));
    for (const index of table.indexes) {
      const kind = index.nullFiltered ? 'NULL_FILTERED INDEX' : 'INDEX';
      expect(statements).toContain(
        `CREATE ${kind} ${index.name} ON ${table.name} (${indexColumns(index)}) STORING (${index.storing.join(', ')})`,
      );
    }
  });

  test('has no table and no index besides', () => {
    // SchemaVersions is of the schema itself: no row of it comes from an entry.
    const made = statements.filter((statement) => !/^CREATE (VIEW|TABLE SchemaVersions) /.test(statement));
    expect(made).toHaveLength(tables.length + tables.flatMap((table) => table.indexes).length);
  });

  test.each(tables.map((table) => [table.name, table.kind] as const))(
    '%s is said to be of kind %s',
    (name, kind) => {
      const ddl = [
        '0001_base.sql',
        '0003_alerts.sql',
        '0004_bundles.sql',
        '0005_silences.sql',
        '0006_corroboration.sql',
        '0007_redriven.sql',
      ]
        .map((file) => readFileSync(new URL(`../../schemas/spanner/${file}`, import.meta.url), 'utf8'))
        .join('\n');
      const comment = ddl
        .slice(0, ddl.indexOf(`CREATE TABLE ${name} `))
        .split('\n\n')
        .at(-1);
      expect(comment).toContain(`-- Kind: ${kind}.`);
    },
  );

  test('the auditor sees every column but the raw texts', () => {
    const roles = readFileSync(new URL('../../schemas/spanner/optional/roles.sql', import.meta.url), 'utf8');
    for (const { name, columns } of [TABLES.Events, TABLES.Quarantine, TABLES.Renditions]) {
      const granted = new RegExp(
        `GRANT SELECT \\(([^)]*)\\)\\s+ON TABLE ${name} TO ROLE jobtrail_auditor`,
      ).exec(roles)?.[1];
      const names = granted?.split(',').map((column) => column.trim());
      expect(names).toEqual(columns.map((column) => column.name).filter((column) => column !== 'Raw'));
    }
  });
});

describe('roles', () => {
  const roles = readFileSync(new URL('../../schemas/spanner/optional/roles.sql', import.meta.url), 'utf8');
  const grants = Array.from(
    roles.matchAll(/GRANT ([A-Z, ]+) ON TABLE ([\w,\s]+?)\s+TO ROLE (\w+);/g),
    ([, verbs = '', names = '', role = '']) => ({
      role,
      verbs: verbs.split(', '),
      names: names.split(',').map((name) => name.trim()),
    }),
  );
  const may = (role: string, verb: string): readonly string[] =>
    grants
      .filter((grant) => grant.role === role && grant.verbs.includes(verb))
      .flatMap(({ names }) => names)
      .toSorted();

  test('ingest changes no fact and no receipt, and takes nothing away', () => {
    expect(may('jobtrail_ingest', 'UPDATE')).toEqual(['OpenWork', 'Sightings']);
    expect(may('jobtrail_ingest', 'DELETE')).toEqual([]);
    const inserted = tables.filter(({ kind }) => kind !== 'operational').map(({ name }) => name);
    expect(may('jobtrail_ingest', 'INSERT')).toEqual(
      expect.arrayContaining(inserted.filter((name) => !['Verdicts', 'BundlesInForce'].includes(name))),
    );
  });

  test('reconcile says verdicts and changes nothing of what was recorded', () => {
    expect(may('jobtrail_reconcile', 'DELETE')).toEqual(['OpenWork']);
    const facts = ['Events', 'Edges', 'PolicyVersions', 'Witnesses'];
    for (const name of facts) {
      expect(may('jobtrail_reconcile', 'SELECT')).toContain(name);
      expect(may('jobtrail_reconcile', 'INSERT')).not.toContain(name);
      expect(may('jobtrail_reconcile', 'UPDATE')).not.toContain(name);
    }
  });

  test('the auditor changes nothing', () => {
    for (const verb of ['INSERT', 'UPDATE', 'DELETE']) expect(may('jobtrail_auditor', verb)).toEqual([]);
    expect(may('jobtrail_auditor', 'SELECT')).toEqual(expect.arrayContaining(['Witnesses', 'Verdicts']));
    expect(roles).toMatch(/GRANT SELECT ON VIEW [^;]*\bLatestVerdicts\b[^;]* TO ROLE jobtrail_auditor;/);
  });
});

describe('sqlite', () => {
  const database = openDatabase(':memory:');
  afterAll(() => database.close());
  const ddlOf = (name: string): string =>
    String(database.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').get(name)?.['sql']);
  const TYPES = { string: 'TEXT', strings: 'TEXT', timestamp: 'TEXT', int64: 'INTEGER' };

  test.each(tables.map((table) => [table.name, table] as const))('%s', (name, table) => {
    const columns = database
      .prepare('SELECT name, type, "notnull" AS required, pk FROM pragma_table_info(?)')
      .all(name);
    expect(columns.map(({ name: column, type, required }) => [column, type, required])).toEqual(
      table.columns.map((column) => [column.name, TYPES[column.type], column.required ? 1 : 0]),
    );
    const key = columns.filter(({ pk }) => Number(pk) > 0).sort((a, b) => Number(a['pk']) - Number(b['pk']));
    expect(key.map((column) => column['name'])).toEqual(table.key);
    const ddl = ddlOf(name);
    expect(ddl).toContain(`PRIMARY KEY (${inOrder(table.key, table.descending ?? [])})`);
    for (const { name: column, max } of table.columns.filter(({ type }) => type === 'string')) {
      expect(ddl).toMatch(new RegExp(`\\b${column} TEXT.* CHECK \\(length\\(${column}\\) <= ${max}\\)`));
    }
    for (const index of table.indexes) {
      const nullable = index.columns.filter((column) =>
        table.columns.some((one) => one.name === column && one.required !== true),
      );
      const where = index.nullFiltered
        ? ` WHERE ${nullable.map((column) => `${column} IS NOT NULL`).join(' AND ')}`
        : '';
      const sql = ddlOf(index.name);
      expect(sql).toBe(`CREATE INDEX ${index.name} ON ${name} (${indexColumns(index)})${where}`);
    }
  });

  test('the views of both stores have the same names and columns', () => {
    const views = schemaStatements().flatMap((statement) => /^CREATE VIEW (\w+)/.exec(statement)?.[1] ?? []);
    const ours = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'view'").all();
    expect(ours.map((view) => view['name'])).toEqual(views);
    for (const view of views) {
      const ddl = schemaStatements().find((statement) => statement.startsWith(`CREATE VIEW ${view} `)) ?? '';
      const selected = ddl.slice(0, ddl.indexOf('\nFROM'));
      const columns = database.prepare('SELECT name FROM pragma_table_info(?)').all(view);
      const named = [...selected.matchAll(/ AS (\w+)(?=[,\n]|$)/g)].map((match) => match[1]);
      expect(columns.map((column) => column['name'])).toEqual(named);
    }
  });
});
