/** What a database still needs, from what is in it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JobtrailError } from '../../shared/errors.ts';
import { effectOf, goneOf, planOf, type Present } from '../../shared/store/spanner/migrate-plan.ts';
import { migrate, type SchemaDatabase } from '../../shared/store/spanner/migrate.ts';
import {
  type Migration,
  migrationOf,
  migrations,
  OPTIONAL_SETS,
  optionalMigration,
} from '../../shared/store/spanner/migrations.ts';

const TABLE = 'CREATE TABLE A (\n  Id STRING(64) NOT NULL,\n  Tags ARRAY<STRING(8)>,\n) PRIMARY KEY (Id)';
const FILES: readonly Migration[] = [
  migrationOf(1, '0001_a.sql', `${TABLE};\nCREATE NULL_FILTERED INDEX AByTag ON A (Id);`),
  migrationOf(2, '0002_b.sql', '-- why\nALTER TABLE A ADD COLUMN More INT64;\nDROP INDEX AByTag;'),
];

/** A database in memory: does what a statement says, as its effect is read. */
function inMemory(breaksAfter = Number.POSITIVE_INFINITY) {
  const tables = new Map<string, Set<string>>();
  const sets = { view: new Set<string>(), index: new Set<string>(), role: new Set<string>() };
  const rows: { version: number; name: string; digest: string }[] = [];
  const log: string[] = [];
  let left = breaksAfter;
  const one = (statement: string): void => {
    if (left === 0) throw new Error('killed');
    left -= 1;
    log.push(statement);
    const effect = effectOf(statement);
    switch (effect.kind) {
      case 'table':
        if (tables.has(effect.name)) throw Object.assign(new Error('Duplicate name'), { code: 9 });
        tables.set(effect.name, new Set(effect.columns));
        break;
      case 'column':
        tables.get(effect.table)?.add(effect.name);
        break;
      case 'dropped':
        sets.index.delete(effect.name);
        break;
      case 'again':
        break;
      case 'view':
      case 'index':
      case 'role':
        sets[effect.kind].add(effect.name);
        break;
      default:
        effect satisfies never;
    }
  };
  const present = (): Present => ({ tables, views: sets.view, indexes: sets.index, roles: sets.role });
  const database: SchemaDatabase = {
    recorded: () => Promise.resolve([...rows]),
    present: () => Promise.resolve(present()),
    apply: async (statements) => statements.forEach(one),
    async record(row) {
      if (left === 0) throw new Error('killed');
      left -= 1;
      if (!rows.some(({ name }) => name === row.name)) rows.push({ ...row });
    },
  };
  return { database, present, rows, log, mend: () => (left = Number.POSITIVE_INFINITY) };
}

describe('statements', () => {
  test('every one of ours is recognised when it is there already', () => {
    const ours = [...migrations(), ...OPTIONAL_SETS.map(optionalMigration)];
    for (const statement of ours.flatMap(({ statements }) => statements)) {
      expect(() => effectOf(statement)).not.toThrow();
    }
  });

  test('the columns of a table are read whole', () => {
    expect(effectOf(TABLE)).toEqual({ kind: 'table', name: 'A', columns: ['Id', 'Tags'] });
  });

  test('one that could not be resumed is refused', () => {
    expect(() => effectOf('INSERT INTO A (Id) VALUES ("x")')).toThrow(/cannot be resumed/);
  });

  test('files are numbered from 1 without gaps', () => {
    expect(migrations().map(({ version }) => version)).toEqual(migrations().map((_, i) => i + 1));
  });

  test('a comment is no other schema, a column is', () => {
    expect(migrationOf(1, 'x', `-- new words\n${TABLE};`).digest).toBe(migrationOf(1, 'x', TABLE).digest);
    expect(migrationOf(1, 'x', TABLE.replace('64', '65')).digest).not.toBe(migrationOf(1, 'x', TABLE).digest);
  });
});

const quiet = { sleep: () => Promise.resolve() };

describe('migrate', () => {
  test('ended at any statement or record and run again, it ends as an undisturbed run', async () => {
    const files = migrations();
    const whole = inMemory();
    await migrate(whole.database, { ...quiet, files });
    const total = whole.log.length + files.length;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: total - 1 }), async (ended) => {
        const cut = inMemory(ended);
        await expect(migrate(cut.database, { ...quiet, files })).rejects.toThrow('killed');
        cut.mend();
        await migrate(cut.database, { ...quiet, files });
        expect(cut.log).toEqual(whole.log);
        expect(cut.rows).toEqual(whole.rows);
        expect(goneOf(files, cut.present())).toEqual([]);
      }),
      { numRuns: 40, examples: [[0], [total - 1]] },
    );
  });

  test('a second run has nothing to do', async () => {
    const { database, log } = inMemory();
    expect((await migrate(database, { ...quiet, files: FILES })).steps).toHaveLength(2);
    const before = log.length;
    expect(await migrate(database, { ...quiet, files: FILES })).toEqual({ from: 2, to: 2, steps: [] });
    expect(log).toHaveLength(before);
  });

  test('what was dropped later is not missed', async () => {
    const { database, present } = inMemory();
    await migrate(database, { ...quiet, files: FILES });
    expect(present().indexes.has('AByTag')).toBe(false);
    expect(planOf(FILES, await database.recorded(), present())).toEqual([]);
  });

  test('two at once: the one that comes second finds the other’s statements', async () => {
    const { database, log, rows } = inMemory();
    const late: SchemaDatabase = {
      ...database,
      // Plans on what was there before the other began, once.
      apply: (() => {
        let first = true;
        return async (statements) => {
          if (first) await migrate(database, { ...quiet, files: FILES });
          first = false;
          await database.apply(statements);
        };
      })(),
    };
    await migrate(late, { ...quiet, files: FILES });
    expect(log.filter((statement) => statement === TABLE)).toHaveLength(2);
    expect(rows.map(({ name }) => name)).toEqual(['0001_a.sql', '0002_b.sql']);
  });

  test('a dry run changes nothing and says what it would do', async () => {
    const { database, log } = inMemory();
    const { steps } = await migrate(database, { ...quiet, files: FILES, dryRun: true });
    expect(steps.map(({ missing }) => missing.length)).toEqual([2, 2]);
    expect(log).toEqual([]);
  });

  const recorded = FILES.map(({ version, name, digest }) => ({ version, name, digest }));
  const empty = inMemory().present();
  const codeOf = (run: () => unknown): string | undefined => {
    try {
      run();
    } catch (error) {
      return error instanceof JobtrailError ? error.code : undefined;
    }
    return undefined;
  };

  test('a newer schema, another text, a lost table and another table are refused', () => {
    const newer = [...recorded, { version: 3, name: '0003_c.sql', digest: 'x' }];
    expect(codeOf(() => planOf(FILES, newer, empty))).toBe('schema-newer');
    const other = recorded.map((row) => ({ ...row, digest: 'x' }));
    expect(codeOf(() => planOf(FILES, other, empty))).toBe('schema-conflict');
    expect(codeOf(() => planOf(FILES, recorded, empty))).toBe('schema-conflict');
    const foreign = { ...empty, tables: new Map([['A', new Set(['Id'])]]) };
    expect(() => planOf(FILES, [], foreign)).toThrow(/has no column Tags/);
  });
});
