/** `migrate` over changes that take their time: ended anywhere, run twice, run beside others, left without an answer. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../shared/store/spanner/migrate-changes.ts';
import { goneOf, planOf } from '../../shared/store/spanner/migrate-plan.ts';
import { migrate, type MigrateOptions } from '../../shared/store/spanner/migrate.ts';
import { type Migration, migrationOf, migrations } from '../../shared/store/spanner/migrations.ts';
import { SchemaInMemory } from './schema-in-memory.ts';

const TABLE = 'CREATE TABLE A (\n  Id STRING(64) NOT NULL,\n  Tags ARRAY<STRING(8)>,\n) PRIMARY KEY (Id)';
const FILES: readonly Migration[] = [
  migrationOf(1, '0001_a.sql', `${TABLE};\nCREATE NULL_FILTERED INDEX AByTag ON A (Id);`),
  migrationOf(2, '0002_b.sql', '-- why\nALTER TABLE A ADD COLUMN More INT64;\nDROP INDEX AByTag;'),
];
const quiet = { sleep: () => Promise.resolve() };
const killed = (): never => {
  throw new Error('killed');
};
const withCode = (code: number, message: string): Error => Object.assign(new Error(message), { code });

async function undisturbed(files: readonly Migration[]) {
  const database = new SchemaInMemory();
  let calls = 0;
  await migrate(
    database.open(() => void (calls += 1)),
    { ...quiet, files },
  );
  return { database, calls };
}

describe('a run', () => {
  test('that is ended at any call and started again ends as one that was not', async () => {
    const files = migrations();
    const whole = await undisturbed(files);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: whole.calls - 1 }), { minLength: 1, maxLength: 3 }),
        // How far the change that was left behind is when the next run looks.
        fc.nat(40),
        async (ends, further) => {
          const database = new SchemaInMemory();
          for (const end of ends) {
            let left = end;
            const dies = database.open(() => (left-- <= 0 ? killed() : undefined));
            await migrate(dies, { ...quiet, files }).catch(() => undefined);
            for (let step = 0; step < further; step += 1) database.advance();
          }
          await migrate(database.open(), { ...quiet, files });
          expect(database.log).toEqual(whole.database.log);
          expect(database.rows).toEqual(whole.database.rows);
          expect(goneOf(files, database.present())).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('that was killed leaves a change under way, which the next waits for and does not send again', async () => {
    const database = new SchemaInMemory();
    const files = [
      migrationOf(
        1,
        '0001_a.sql',
        `${TABLE};\n${Array.from('BCDEFGHIJK', (name) => `CREATE INDEX ${name} ON A (Id);`).join('\n')}`,
      ),
    ];
    let begun = false;
    const dies = database.open((call) => {
      if (begun) killed();
      begun = call === 'begin';
    });
    await expect(migrate(dies, { ...quiet, files })).rejects.toThrow('killed');
    expect(database.operations.size).toBe(1);
    expect(database.rows).toEqual([]);
    const told: Change[] = [];
    const { underWay, steps } = await migrate(database.open(), {
      ...quiet,
      files,
      onRunning: (change) => told.push(change),
    });
    expect(underWay).toBe(1);
    expect(told[0]).toMatchObject({ percent: 50, statements: files[0]?.statements });
    expect(steps.map(({ missing, there }) => [missing.length, there])).toEqual([[0, 11]]);
    expect(database.operations.size).toBe(1);
  });

  test('beside another, in any order of their calls, applies nothing twice', async () => {
    const whole = await undisturbed(FILES);
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const database = new SchemaInMemory();
        const next = scheduler.scheduleFunction((_name: string) => Promise.resolve());
        const runs = ['one', 'other'].map((name) =>
          migrate(
            database.open(() => next(name)),
            { files: FILES, sleep: () => next(`${name} sleeps`) },
          ),
        );
        await scheduler.waitFor(Promise.all(runs));
        expect(database.log).toEqual(whole.database.log);
        expect(database.rows).toEqual(whole.database.rows);
      }),
      { numRuns: 100 },
    );
  });

  test('waits for a change of somebody else before it plans', async () => {
    const database = new SchemaInMemory();
    database.begin('_auto_1', [TABLE]);
    await migrate(database.open(), { ...quiet, files: FILES });
    expect(database.log.filter((statement) => statement === TABLE)).toHaveLength(1);
  });

  test('has nothing to do when all is done', async () => {
    const { database } = await undisturbed(FILES);
    const before = [...database.log];
    expect(await migrate(database.open(), { ...quiet, files: FILES })).toEqual({
      from: 2,
      to: 2,
      steps: [],
      underWay: 0,
    });
    expect(database.log).toEqual(before);
  });

  test('does not miss what was dropped later', async () => {
    const { database } = await undisturbed(FILES);
    expect(database.present().indexes.has('AByTag')).toBe(false);
    expect(planOf(FILES, database.rows, database.present())).toEqual([]);
  });

  test('that is dry changes nothing and says what it would do', async () => {
    const database = new SchemaInMemory();
    const { steps } = await migrate(database.open(), { ...quiet, files: FILES, dryRun: true });
    expect(steps.map(({ missing }) => missing.length)).toEqual([2, 2]);
    expect([database.log, database.operations.size]).toEqual([[], 0]);
  });

  test('of an older program changes nothing and waits for nothing', async () => {
    const { database } = await undisturbed(FILES);
    database.begin('jobtrail_later', ['ALTER TABLE A ADD COLUMN Later INT64']);
    database.rows.push({ version: 3, name: '0003_c.sql', digest: 'x' });
    const calls: string[] = [];
    const older = migrate(
      database.open((call) => void calls.push(call)),
      { ...quiet, files: FILES },
    );
    await expect(older).rejects.toMatchObject({ code: 'schema-newer' });
    expect(calls).toEqual(['recorded']);
  });
});

describe('a statement that Spanner gives up', () => {
  const files = [
    migrationOf(1, '0001_a.sql', `${TABLE};\nCREATE INDEX X ON A (Id);\nCREATE INDEX Y ON A (Tags);`),
  ];

  test('is named with its reason, those before it stay, and it is tried anew when the cause is mended', async () => {
    const database = new SchemaInMemory();
    database.refuses = (statement) => (statement.includes('INDEX Y') ? 'Too many indexes.' : undefined);
    for (let run = 1; run <= 2; run += 1) {
      await expect(migrate(database.open(), { ...quiet, files })).rejects.toMatchObject({
        code: 'store-schema',
        message: 'Spanner did not apply 0001_a.sql at CREATE INDEX Y ON A (Tags): Too many indexes.',
      });
      expect(database.log).toHaveLength(2);
      expect(database.rows).toEqual([]);
      // One more attempt at Spanner each time, and not the answer of the one before.
      expect(database.operations.size).toBe(run);
    }
    database.refuses = () => undefined;
    await migrate(database.open(), { ...quiet, files });
    expect(database.log).toHaveLength(3);
    expect(database.rows).toHaveLength(1);
  });

  test('by a person’s cancelling is said to be that', async () => {
    const database = new SchemaInMemory();
    const open = database.open();
    const cancelled = {
      ...open,
      changes: {
        ...open.changes,
        state: () =>
          Promise.resolve({
            kind: 'failed',
            applied: 1,
            status: 1,
            message: 'Operation cancelled.',
          } as const),
      },
    };
    await expect(migrate(cancelled, { ...quiet, files })).rejects.toMatchObject({
      code: 'store-schema',
      message: 'Spanner did not apply 0001_a.sql at CREATE INDEX X ON A (Id): Operation cancelled.',
    });
  });
});

describe('an answer that does not come', () => {
  const over = async (
    fails: (call: string, nth: number) => Error | undefined,
    options: MigrateOptions = {},
  ) => {
    const database = new SchemaInMemory();
    const counts = new Map<string, number>();
    const open = database.open((call) => {
      const nth = (counts.get(call) ?? 0) + 1;
      counts.set(call, nth);
      const error = fails(call, nth);
      if (error !== undefined) throw error;
    });
    return { database, run: migrate(open, { ...quiet, files: FILES, ...options }) };
  };

  test('to a look is looked for again', async () => {
    const { database, run } = await over((call, nth) =>
      call === 'state' && nth % 3 !== 0 ? withCode(14, 'connection reset') : undefined,
    );
    await run;
    expect(database.rows).toHaveLength(2);
  });

  test('to a look for minutes says that the change goes on', async () => {
    let slept = 0;
    const { run } = await over((call) => (call === 'state' ? withCode(14, 'no route') : undefined), {
      sleep: async (ms) => void (slept += ms),
    });
    await expect(run).rejects.toMatchObject({
      code: 'store-unavailable',
      hint: expect.stringContaining('goes on there'),
    });
    expect(slept).toBeGreaterThan(3 * 60_000);
    expect(slept).toBeLessThan(15 * 60_000);
  });

  test('to a beginning that took place does not begin it twice', async () => {
    const database = new SchemaInMemory();
    const open = database.open();
    let lost = 0;
    const losing = {
      ...open,
      changes: {
        ...open.changes,
        async begin(id: string, statements: readonly string[]) {
          await open.changes.begin(id, statements);
          lost += 1;
          throw withCode(4, 'deadline exceeded');
        },
      },
    };
    await migrate(losing, { ...quiet, files: FILES });
    expect(lost).toBe(2);
    expect(database.operations.size).toBe(2);
    expect(database.rows).toHaveLength(2);
  });

  test('because it may not is told with the role that is missing', async () => {
    const { run } = await over((call) => (call === 'begin' ? withCode(7, 'permission denied') : undefined));
    await expect(run).rejects.toMatchObject({
      code: 'store-unavailable',
      hint: expect.stringContaining('roles/spanner.databaseAdmin'),
    });
  });
});

describe('database roles', () => {
  const names = (steps: readonly { readonly migration: Migration }[]): readonly string[] =>
    steps.map(({ migration }) => migration.name);

  test('are brought to their newest text where there are any, and not made where there are none', async () => {
    const without = new SchemaInMemory();
    expect(names((await migrate(without.open(), quiet)).steps)).not.toContain('optional/roles.sql');

    // As Terraform makes a database: with roles, and nothing recorded.
    const made = new SchemaInMemory();
    made.roles = true;
    expect(names((await migrate(made.open(), quiet)).steps)).toContain('optional/roles.sql');
    expect(names((await migrate(made.open(), quiet)).steps)).toEqual([]);
    made.rows.splice(
      0,
      made.rows.length,
      ...made.rows.map((row) => (row.version === 0 ? { ...row, digest: 'older' } : row)),
    );
    made.roles = false;
    expect(names((await migrate(made.open(), { ...quiet, dryRun: true })).steps)).toEqual([
      'optional/roles.sql',
    ]);
  });
});
