/** `jobtrail migrate` as a process, on the Spanner emulator: ended midway, twice at once, from an older schema with data. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main, type Terminal } from '../../cli/main.ts';
import { createClient, type DatabaseName, openDatabase } from '../../shared/store/spanner/client.ts';
import { goneOf } from '../../shared/store/spanner/migrate-plan.ts';
import { openSchema } from '../../shared/store/spanner/migrate-database.ts';
import { migrations } from '../../shared/store/spanner/migrations.ts';
import { createEmulatorDatabase } from '../../shared/store/spanner/schema.ts';
import { openStore } from '../../shared/store/open.ts';
import { batchOf, eventEntry } from '../store/entries.ts';
import { describeWithEmulators } from '../support/emulators.ts';
import { slowChanges } from './migrate/slow-changes.ts';

const CLI = new URL('../../cli/jobtrail.mjs', import.meta.url).pathname;

describeWithEmulators('jobtrail migrate', ['spanner'], (hosts) => {
  let client: Awaited<ReturnType<typeof createClient>>;
  beforeAll(async () => {
    client = await createClient('test-project', hosts.spanner());
    const config = { config: 'emulator-config', nodes: 1, displayName: 'migrate' };
    const [, operation] = await client.spanner.instance('migrate').create(config);
    await operation.promise();
  });
  afterAll(() => client.close());

  /** A database with nothing in it. */
  async function emptyDatabase(): Promise<DatabaseName> {
    const name = {
      project: 'test-project',
      instance: 'migrate',
      database: `m${randomBytes(8).toString('hex')}`,
    };
    const [database, creation] = await client.spanner.instance(name.instance).createDatabase(name.database);
    database.on('error', () => undefined);
    await creation.promise();
    await database.close();
    return name;
  }

  const specOf = ({ project, instance, database }: DatabaseName): string =>
    `spanner:projects/${project}/instances/${instance}/databases/${database}`;

  function start(name: DatabaseName, ...more: string[]): ChildProcess {
    return startAt(hosts.spanner(), name, ...more);
  }

  function startAt(host: string, name: DatabaseName, ...more: string[]): ChildProcess {
    return spawn(process.execPath, [CLI, 'migrate', '--store', specOf(name), ...more], {
      env: { ...process.env, SPANNER_EMULATOR_HOST: host },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** In this process, where nothing is killed. */
  async function run(name: DatabaseName, ...more: string[]) {
    const texts = { out: '', err: '' };
    const terminal: Terminal = {
      out: (text) => (texts.out += text),
      err: (text) => (texts.err += text),
      isTty: false,
      outIsTty: false,
      columns: 120,
      environment: { SPANNER_EMULATOR_HOST: hosts.spanner() },
    };
    const code = await main(['migrate', '--store', specOf(name), ...more], terminal);
    return { ...texts, code };
  }

  async function runProcess(name: DatabaseName, ...more: string[]) {
    const child = start(name, ...more);
    const texts = { out: '', err: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (texts.err += text));
    const [code] = await once(child, 'close');
    return { ...texts, code: Number(code) };
  }

  async function withDatabase<T>(
    name: DatabaseName,
    work: (database: ReturnType<typeof openDatabase>) => Promise<T>,
  ): Promise<T> {
    const database = openDatabase(client, name);
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  }

  const applyDdl = (name: DatabaseName, statements: readonly string[]): Promise<void> =>
    withDatabase(name, async (database) => {
      const [operation] = await database.updateSchema([...statements]);
      await operation.promise();
    });

  /** Everything is there, and every file is recorded once. */
  async function expectWhole(name: DatabaseName): Promise<void> {
    const schema = await openSchema(name, hosts.spanner());
    try {
      expect(goneOf(migrations(), await schema.present({ roles: false }))).toEqual([]);
      expect(await schema.recorded()).toEqual(
        migrations().map(({ version, name: file, digest }) => ({ version, name: file, digest })),
      );
    } finally {
      await schema.close();
    }
  }

  test('an empty database, dry, for real, and again', async () => {
    const name = await emptyDatabase();
    const dry = await run(name, '--dry-run');
    expect(dry).toMatchObject({ code: 0, err: '' });
    expect(dry.out).toContain(
      '0001_base.sql: 9 statements to apply\n  CREATE TABLE SchemaVersions\n  CREATE TABLE Events\n',
    );
    expect(dry.out).toMatch(/schema version 0 to \d+: nothing was changed\n$/);
    const first = await runProcess(name);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('0005_silences.sql: 1 statement applied\n  CREATE TABLE Silences\n');
    expect(first.out).toMatch(/schema version 0 to \d+: done\n$/);
    await expectWhole(name);
    const second = await run(name);
    expect(second).toMatchObject({ code: 0, err: '' });
    expect(second.out).toMatch(/^schema version \d+: nothing to do\n$/);
    const newest = migrations().length;
    expect(JSON.parse((await run(name, '--json')).out)).toEqual({
      from: newest,
      to: newest,
      dryRun: false,
      underWay: 0,
      steps: [],
    });
  }, 240_000);

  test('a database that was made with the whole schema at once is what migrate makes', async () => {
    const name = {
      project: 'test-project',
      instance: 'migrate',
      database: `m${randomBytes(8).toString('hex')}`,
    };
    await createEmulatorDatabase(name, hosts.spanner());
    await expectWhole(name);
    expect((await run(name)).out).toMatch(/^schema version \d+: nothing to do\n$/);
    const migrated = await emptyDatabase();
    expect(await run(migrated)).toMatchObject({ code: 0, err: '' });
    const ddlOf = (one: DatabaseName): Promise<readonly string[]> =>
      withDatabase(one, async (database) => (await database.getSchema())[0]);
    expect(await ddlOf(name)).toEqual(await ddlOf(migrated));
  }, 240_000);

  test('killed again and again, then left to end', async () => {
    const name = await emptyDatabase();
    let killed = 0;
    for (const delay of [0, 30, 60, 100]) {
      const child = start(name);
      if (child.stdout === null) throw new Error('a pipe');
      // The first word of what is done, then a moment that falls between or within files.
      await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
      await sleep(delay);
      if (child.kill('SIGKILL')) killed += 1;
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
    }
    expect(killed).toBeGreaterThan(0);
    expect(await run(name)).toMatchObject({ code: 0, err: '' });
    await expectWhole(name);
  }, 240_000);

  test('killed while Spanner is at work: the next run says how far it is, waits, and begins nothing again', async () => {
    const name = await emptyDatabase();
    const slow = await slowChanges(hosts.spanner());
    try {
      const killed = startAt(slow.host, name);
      while (slow.held().length === 0) await sleep(20);
      killed.kill('SIGKILL');
      await once(killed, 'close');
      const begun = slow.begun();

      const next = startAt(slow.host, name);
      let told = '';
      next.stderr?.setEncoding('utf8').on('data', (text: string) => (told += text));
      const looks = slow.looks();
      while (!told.includes('CREATE TABLE')) await sleep(50);
      expect(slow.looks()).toBeGreaterThan(looks);
      expect([slow.begun(), slow.held()]).toEqual([
        begun,
        [expect.stringMatching(/\/operations\/jobtrail_0001_base_[0-9a-f]{16}_1$/)],
      ]);
      await slow.letGo();
      const [code] = await once(next, 'close');
      expect(code).toBe(0);
      // Which statement, of how many, how far, since when.
      expect(told).toMatch(/^CREATE TABLE SchemaVersions \(statement 1 of 9\): \d+ % after \d+ s\n$/);
      await expectWhole(name);
      expect(slow.begun()).toBe(begun + migrations().length - 1);
    } finally {
      await slow.close();
    }
  }, 240_000);

  test('ended within a file: the rest of its statements follow', async () => {
    const name = await emptyDatabase();
    const [base, views] = migrations();
    if (base === undefined || views === undefined) throw new Error('two files');
    await applyDdl(name, [...base.statements, ...views.statements.slice(0, 3)]);
    const { out, code } = await run(name);
    expect(code).toBe(0);
    const page = readFileSync(new URL('../../docs/migrate.md', import.meta.url), 'utf8');
    const [, shown = ''] = /## What it prints\n\n```\n([\s\S]*?)\n```/.exec(page) ?? [];
    // The page's example is of this very run; its number of files may be an older one.
    const lines = shown.split('\n').filter((line) => line !== '…');
    expect(lines).toContain(
      `0002_views.sql: ${views.statements.length - 3} statements applied, 3 statements there already`,
    );
    const printed = out.replace(/0 to \d+/, 'N').split('\n');
    for (const line of lines) expect(printed).toContain(line.replace(/0 to \d+/, 'N'));
    await expectWhole(name);
  }, 240_000);

  test('two at once', async () => {
    const name = await emptyDatabase();
    const all = await Promise.all([runProcess(name), runProcess(name)]);
    expect(all.map(({ code, err }) => [code, err])).toEqual([0, 0].map((code) => [code, '']));
    await expectWhole(name);
  }, 240_000);

  test('an older database with rows keeps them and takes new ones', async () => {
    const name = await emptyDatabase();
    const older = migrations().slice(0, 4);
    await applyDdl(
      name,
      older.flatMap(({ statements }) => statements),
    );
    const digest = 'd'.repeat(64);
    await withDatabase(name, (database) =>
      database.table('Bundles').insert([{ Digest: digest, Texts: '{}', StoredAt: '2026-01-01T00:00:00Z' }]),
    );
    expect(await run(name)).toMatchObject({ code: 0, err: '' });
    await expectWhole(name);
    const store = await openStore(specOf(name), { emulatorHost: hosts.spanner() });
    try {
      expect(await store.bundles.texts(digest)).toBe('{}');
      const { fates } = await store.commit(batchOf([eventEntry('a'.repeat(64))]));
      expect(fates).toEqual(['stored']);
    } finally {
      await store.close();
    }
  }, 240_000);

  describe('refuses', () => {
    test('a newer schema, and changes nothing', async () => {
      const name = await emptyDatabase();
      await run(name);
      await withDatabase(name, (database) =>
        database
          .table('SchemaVersions')
          .insert([
            { Name: '9999_later.sql', Version: 9999, Digest: 'x', AppliedAt: 'spanner.commit_timestamp()' },
          ]),
      );
      const { code, err, out } = await run(name);
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain('The database has schema version 9999 (9999_later.sql); this program knows');

      // Functions of this version go on: `migrate` of the next comes before its functions.
      await applyDdl(name, [
        'ALTER TABLE Events ADD COLUMN Later STRING(64)',
        'ALTER TABLE Receipts ADD COLUMN Later INT64 NOT NULL DEFAULT (0)',
        'CREATE INDEX EventsByLater ON Events (Later)',
      ]);
      const store = await openStore(specOf(name), { emulatorHost: hosts.spanner() });
      try {
        const entry = eventEntry('read by the version before');
        expect((await store.commit(batchOf([entry]))).fates).toEqual(['stored']);
        expect((await store.commit(batchOf([entry]))).fates).toEqual(['duplicate']);
        expect(await store.eventsById([String(entry.rows[0].row['EventId'])])).toHaveLength(1);
      } finally {
        await store.close();
      }
    }, 240_000);

    test('a table of ours that is another, one that is gone, no database, and the embedded store', async () => {
      const name = await emptyDatabase();
      await applyDdl(name, ['CREATE TABLE Events (EventId STRING(64)) PRIMARY KEY (EventId)']);
      expect((await run(name)).err).toContain('Table Events is there and has no column Variant');

      const lost = await emptyDatabase();
      await run(lost);
      await applyDdl(lost, ['DROP TABLE Silences']);
      expect((await run(lost)).err).toContain(
        'Table Silences is not there, and 0005_silences.sql is recorded',
      );

      const nowhere = await run({ ...name, database: 'not-there' });
      expect(nowhere.err).toContain(
        'There is no database not-there in instance migrate of project test-project.',
      );
      expect(nowhere.err).toContain('gcloud spanner databases create not-there');
    }, 240_000);

    test('an optional set that the database cannot take, after the numbered files', async () => {
      const name = await emptyDatabase();
      const { code, out, err } = await run(name, '--optional', 'graph');
      expect(code).toBe(1);
      expect(out).toContain('0006_corroboration.sql');
      expect(err).toContain('Spanner did not apply optional/graph.sql');
      await expectWhole(name);
    }, 240_000);
  });
});
