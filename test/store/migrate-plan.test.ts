/** What a database still needs, from what is in it. */
import { describe, expect, test } from 'vitest';
import { JobtrailError } from '../../shared/errors.ts';
import { changeId } from '../../shared/store/spanner/migrate-changes.ts';
import { bothDroppedAndMade, effectOf, planOf } from '../../shared/store/spanner/migrate-plan.ts';
import {
  type Migration,
  migrationOf,
  migrations,
  OPTIONAL_SETS,
  optionalMigration,
} from '../../shared/store/spanner/migrations.ts';
import { SchemaInMemory } from './schema-in-memory.ts';

const TABLE = 'CREATE TABLE A (\n  Id STRING(64) NOT NULL,\n  Tags ARRAY<STRING(8)>,\n) PRIMARY KEY (Id)';
const FILES: readonly Migration[] = [
  migrationOf(1, '0001_a.sql', `${TABLE};\nCREATE NULL_FILTERED INDEX AByTag ON A (Id);`),
  migrationOf(2, '0002_b.sql', '-- why\nALTER TABLE A ADD COLUMN More INT64;\nDROP INDEX AByTag;'),
];

describe('statements', () => {
  const ours = [...migrations(), ...OPTIONAL_SETS.map(optionalMigration)];

  test('every one of ours is recognised when it is there already', () => {
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

  /** A function of the version before neither misses anything after it nor is refused what it writes. */
  const onlyAdds = (statement: string): boolean =>
    /^CREATE (?:(?:NULL_FILTERED )?INDEX|TABLE|ROLE|(?:OR REPLACE )?VIEW) /.test(statement) ||
    statement.startsWith('GRANT ') ||
    (/^ALTER TABLE \w+ ADD COLUMN /.test(statement) &&
      (!/ NOT NULL/.test(statement) || / DEFAULT \(/.test(statement)));

  test('each only adds: functions of the version before go on', () => {
    const numbered = migrations().flatMap(({ statements }) => statements);
    expect(numbered.filter((statement) => !onlyAdds(statement))).toEqual([]);
    expect(
      [
        'ALTER TABLE A ADD COLUMN B INT64 NOT NULL',
        'ALTER TABLE A ALTER COLUMN B STRING(8) NOT NULL',
        'CREATE UNIQUE INDEX AByB ON A (B)',
        'DROP INDEX AByB',
      ].filter(onlyAdds),
    ).toEqual([]);
    expect(onlyAdds('ALTER TABLE A ADD COLUMN B INT64 NOT NULL DEFAULT (0)')).toBe(true);
  });

  test('no file drops what it makes: ended midway, nobody could tell the old from the new', () => {
    expect(ours.flatMap(bothDroppedAndMade)).toEqual([]);
    const renewed = migrationOf(1, '0001_x.sql', 'DROP INDEX X;\nCREATE INDEX X ON A (Id);');
    expect(bothDroppedAndMade(renewed)).toEqual(['index X']);
    expect(() => planOf([renewed], [], new SchemaInMemory().present())).toThrow(
      'both drops and makes index X',
    );
  });

  test('a comment is no other schema, a column is', () => {
    expect(migrationOf(1, 'x', `-- new words\n${TABLE};`).digest).toBe(migrationOf(1, 'x', TABLE).digest);
    expect(migrationOf(1, 'x', TABLE.replace('64', '65')).digest).not.toBe(migrationOf(1, 'x', TABLE).digest);
  });

  test('a change of each file has a name as Spanner takes it, another for each text and attempt', () => {
    const ids = ours.flatMap((file) => [
      changeId(file, 1),
      changeId(file, 2),
      changeId(migrationOf(file.version, file.name, 'DROP TABLE X'), 1),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9_]{1,99}$/);
  });
});

describe('a plan is refused for', () => {
  const recorded = FILES.map(({ version, name, digest }) => ({ version, name, digest }));
  const empty = new SchemaInMemory().present();
  const codeOf = (run: () => unknown): string | undefined => {
    try {
      run();
    } catch (error) {
      return error instanceof JobtrailError ? error.code : undefined;
    }
    return undefined;
  };

  test('a newer schema', () => {
    const newer = [...recorded, { version: 3, name: '0003_c.sql', digest: 'x' }];
    expect(codeOf(() => planOf(FILES, newer, empty))).toBe('schema-newer');
  });

  test('a file that was applied with another text, by its name', () => {
    const other = recorded.map((row) => ({ ...row, digest: 'x' }));
    expect(codeOf(() => planOf(FILES, other, empty))).toBe('schema-conflict');
    expect(() => planOf(FILES, other, empty)).toThrow('0001_a.sql was applied with another text');
  });

  test('a table that is lost', () => {
    expect(codeOf(() => planOf(FILES, recorded, empty))).toBe('schema-conflict');
  });

  test('a table of that name that is another', () => {
    const foreign = { ...empty, tables: new Map([['A', new Set(['Id'])]]) };
    expect(() => planOf(FILES, [], foreign)).toThrow(/has no column Tags/);
  });
});
