/** The command line of `jobtrail backfill`: what is refused before anything is opened, what a dry run tells, which filter is asked for. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { companyConfig } from '../../cli/day/config.ts';
import { parseFilter } from '../../shared/sink-filter/filter.ts';
import { DATE, dayEntries, NEXT, countRows } from '../backfill/entries.ts';
import { serveLogging, type LoggingServer, type LoggingServerOptions } from '../backfill/logging-server.ts';
import { runHere, type Ran } from '../support/jobtrail.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-backfill-options-'));
const config = join(folder, 'jobtrail.yaml');
const ENTRIES = dayEntries(8);
let made = 0;
let server: LoggingServer | undefined;
beforeAll(() => writeFileSync(config, JSON.stringify(companyConfig)));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const fresh = (): string => join(folder, `trail-${(made += 1)}.db`);
const SPAN = ['--resource', 'projects/acme', '--from', DATE, '--until', NEXT];
const FAST = ['--per-minute', '100000', '--config', config];

async function serve(options: Partial<LoggingServerOptions> = {}): Promise<LoggingServer> {
  server = await serveLogging({ entries: ENTRIES, pageSize: 20, ...options });
  return server;
}

async function backfill(path: string, ...more: string[]): Promise<Ran> {
  const args = ['backfill', ...SPAN, ...FAST, '--store', `sqlite:${path}`, '--state', `${path}.state`];
  return runHere([...args, ...more], { JOBTRAIL_LOGGING_URL: server?.url ?? '' });
}

describe('what is refused', () => {
  it.each([
    [['--resource', 'acme'], 'a project, a folder'],
    [['--resource', 'projects/p/locations/global/buckets/b'], 'a project, a folder'],
    [['--source', 'openlineage'], 'comes by no log sink'],
    [['--limit', '5'], '--limit is for --dry-run'],
    [['--until', '2999-01-01'], 'three hours'],
    [['--from', NEXT, '--until', DATE], 'is empty'],
    [['--per-second', '0'], 'whole number'],
  ])('%j, before a store is made or anything is asked', async (args, says) => {
    const { asked } = await serve();
    const path = fresh();
    const ran = await backfill(path, ...args);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(says) });
    expect(existsSync(path)).toBe(false);
    expect(asked).toEqual([]);
  });

  it('takes views of log buckets', async () => {
    const { asked } = await serve();
    const view = 'organizations/1/locations/global/buckets/b/views/_AllLogs';
    expect(await backfill(fresh(), '--resource', view)).toMatchObject({ code: 0 });
    expect(asked[0]?.resourceNames).toEqual(['projects/acme', view]);
  });

  it('a state whose store has not got what it says was stored', async () => {
    await serve();
    const path = fresh();
    // Cut off by the API, midway.
    await server?.stop();
    await serve({ instead: (number) => (number === 4 ? { status: 403 } : undefined) });
    expect((await backfill(path)).code).toBe(1);
    expect(countRows(path, 'Receipts')).toBeGreaterThan(0);
    rmSync(path);
    const again = await backfill(path);
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('has not got what') });
    rmSync(`${path}.state`);
    expect((await backfill(path)).code).toBe(0);
  });

  it('of a store that is gone at the end no state is kept', async () => {
    await serve();
    const state = join(folder, 'gone.state');
    const args = ['backfill', ...SPAN, ...FAST, '--store', 'sqlite::memory:', '--state', state];
    expect((await runHere(args, { JOBTRAIL_LOGGING_URL: server?.url ?? '' })).code).toBe(0);
    expect(existsSync(state)).toBe(false);
  });
});

describe('the filter', () => {
  it('is that of the deployed sinks for the sources that are named, beside the one that is given', async () => {
    const { asked } = await serve();
    await backfill(
      fresh(),
      '--source',
      'dataproc',
      '--source',
      'istio',
      '--filter',
      'severity>=INFO OR a="b"',
    );
    const { filter = '' } = asked[0] ?? {};
    for (const name of ['dataproc', 'istio'])
      expect(filter).toContain(readFileSync(join('terraform/filters', `${name}.txt`), 'utf8').trimEnd());
    expect(filter).toContain('\n) AND (severity>=INFO OR a="b"\n)\n) AND timestamp>=');
    expect(() => parseFilter(filter)).not.toThrow();
  });
});

describe('a dry run', () => {
  it('changes nothing, and tells of what is new, known and left out, and how much there is in all', async () => {
    await serve();
    const path = fresh();
    const all = await backfill(path, '--dry-run', '--json');
    expect(all.code, all.err).toBe(0);
    const told = JSON.parse(all.out);
    expect(told).toMatchObject({ dryRun: true, read: ENTRIES.length, entries: ENTRIES.length, whole: true });
    expect(told.read).toBe(told.stored + told.duplicate + told.filtered + told.quarantined);
    expect(existsSync(path)).toBe(false);
    expect(existsSync(`${path}.state`)).toBe(false);
    const done = await backfill(path, '--json');
    const result = JSON.parse(done.out.trimEnd().split('\n').at(-1) ?? '');
    for (const outcome of ['stored', 'duplicate', 'filtered', 'quarantined'])
      expect([outcome, told[outcome]]).toEqual([outcome, result[outcome]]);
    const receipts = countRows(path, 'Receipts');
    const again = await backfill(path, '--dry-run', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ stored: 0, duplicate: told.stored + told.duplicate });
    expect(countRows(path, 'Receipts')).toBe(receipts);
  });

  it('reads no more than it is told to, and tells the rest by it', async () => {
    const { asked } = await serve();
    const { code, out } = await backfill(fresh(), '--dry-run', '--limit', '41', '--json');
    expect(code).toBe(0);
    expect(asked.length).toBe(3);
    const told = JSON.parse(out);
    expect(told).toMatchObject({ read: 60, whole: false });
    expect(told.entries).toBeGreaterThan(60);
    expect(told.atLeastSeconds).toBeGreaterThanOrEqual(0);
  });
});

it('tells where the configuration is none that the functions have, and each time where none is named', async () => {
  await serve();
  const path = fresh();
  expect((await backfill(path)).err).not.toContain('--config');
  const other = join(folder, 'other.yaml');
  writeFileSync(other, JSON.stringify({ ...companyConfig, rawLimit: 4_000 }));
  expect((await backfill(path, '--config', other)).err).toContain('other configurations, and not this one');
  // From now on it knows that one as well.
  expect((await backfill(path, '--config', other)).err).not.toContain('other configurations');
  const args = ['backfill', ...SPAN, '--per-minute', '100000', '--store', `sqlite:${path}`];
  for (const name of ['a', 'b']) {
    const none = [...args, '--state', join(folder, `${name}.state`)];
    const { err } = await runHere(none, { JOBTRAIL_LOGGING_URL: server?.url ?? '' });
    expect(err).toContain('other configurations, and no --config is given');
  }
});
