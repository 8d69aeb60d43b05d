import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { createClient, openDatabase } from '../../shared/store/spanner/client.ts';
import { spannerError } from '../../shared/store/spanner/errors.ts';
import { openStore, parseStoreSpec } from '../../shared/store/open.ts';
import { batchOf, eventEntry } from './entries.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-open-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('openStore', () => {
  test.each([
    '',
    'sqlite:',
    'postgres:x',
    'spanner:projects/p/instances/i',
    'spanner:projects/p/instances/inst/databases/a/../b',
    'spanner:projects/p/instances/inst/databases/db/databaseRoles/',
    'spanner:projects/p/instances/inst/databases/db/databaseRoles/a/b',
  ])('%s names no store', async (spec) => {
    await expect(openStore(spec)).rejects.toMatchObject({ code: 'usage' });
  });

  test('a database role is part of the name, and sessions are opened with it', async () => {
    const spec = 'spanner:projects/p-1/instances/inst/databases/db/databaseRoles/jobtrail_auditor';
    const name = parseStoreSpec(spec);
    if (name.kind !== 'spanner') throw new Error('it is of Spanner');
    expect(name).toEqual({
      kind: 'spanner',
      project: 'p-1',
      instance: 'inst',
      database: 'db',
      role: 'jobtrail_auditor',
    });
    // Nothing listens there: the session fails, which is the request's affair and not the client's.
    const client = await createClient(name.project, 'localhost:1');
    expect(openDatabase(client, name).databaseRole).toBe('jobtrail_auditor');
    expect(openDatabase(client, { ...name, database: 'other', role: undefined }).databaseRole).toBeNull();
    await client.close();
  });

  test('a file that is no database, and one of a newer version', async () => {
    const junk = join(folder, 'junk.db');
    writeFileSync(junk, 'not a database '.repeat(100));
    await expect(openStore(`sqlite:${junk}`)).rejects.toMatchObject({ code: 'store-unavailable' });
    const newer = join(folder, 'newer.db');
    const database = new DatabaseSync(newer);
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(openStore(`sqlite:${newer}`)).rejects.toMatchObject({ code: 'store-schema' });
  });

  test('a file keeps what was stored', async () => {
    const spec = `sqlite:${join(folder, 'kept.db')}`;
    const first = await openStore(spec);
    await first.commit(batchOf([eventEntry('a')]));
    await first.close();
    const second = await openStore(spec);
    expect((await second.commit(batchOf([eventEntry('a')]))).fates).toEqual(['duplicate']);
    await second.close();
  });

  test('the embedded store does not load the Spanner client', () => {
    const script = `
      const { openStore } = await import(${JSON.stringify(new URL('../../shared/store/open.ts', import.meta.url).href)});
      await (await openStore('sqlite::memory:')).close();
      const { createRequire } = await import('node:module');
      const loaded = Object.keys(createRequire(import.meta.url).cache ?? {});
      console.log(loaded.filter((path) => path.includes('@google-cloud')).length);`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(output.trim()).toBe('0');
  });
});

test.each([
  [1, 'store-unavailable'],
  [3, 'row-refused'],
  [4, 'store-unavailable'],
  [5, 'store-schema'],
  [6, 'store-aborted'],
  [7, 'store-unavailable'],
  [8, 'store-unavailable'],
  [9, 'row-refused'],
  [10, 'store-aborted'],
  [11, 'row-refused'],
  [12, 'store-schema'],
  [13, 'store-unavailable'],
  [14, 'store-unavailable'],
  [undefined, 'store-unavailable'],
])('gRPC status %s is %s', (code, expected) => {
  expect(spannerError(Object.assign(new Error('x'), { code }))).toMatchObject({ code: expected });
});

test('a mistake in code is none of Spanner, and keeps its stack', () => {
  const mistake = new TypeError('of undefined');
  expect(spannerError(mistake)).toBe(mistake);
  expect(spannerError(Object.assign(new TypeError('x'), { code: 14 }))).toMatchObject({
    code: 'store-unavailable',
  });
});
