/** `jobtrail backfill` as a process that is asked to end, and beside another of its kind. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { companyConfig } from '../../cli/day/config.ts';
import { openStore } from '../../shared/store/open.ts';
import { DATE, dayEntries, NEXT } from '../backfill/entries.ts';
import { serveLogging } from '../backfill/logging-server.ts';
import { balanceOf, comparable } from '../backfill/rows.ts';
import { factsOf } from '../pipeline/facts.ts';
import { runHere, spawnJobtrail } from '../support/jobtrail.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-backfill-end-'));
const config = join(folder, 'jobtrail.yaml');
const ENTRIES = dayEntries(8);
beforeAll(() => writeFileSync(config, JSON.stringify(companyConfig)));
afterAll(() => rmSync(folder, { recursive: true }));

async function rowsOf(store: string): Promise<readonly string[]> {
  const opened = await openStore(store);
  try {
    expect(await balanceOf(opened)).toEqual({ balances: true, stored: true });
    return comparable(await factsOf(opened)).toSorted();
  } finally {
    await opened.close();
  }
}

it('SIGTERM: it ends after the page under way, tells what it did, and the next goes on', async () => {
  const server = await serveLogging({ entries: ENTRIES, pageSize: 20, delayMs: 30 });
  const environment = { JOBTRAIL_LOGGING_URL: server.url };
  const span = ['--resource', 'projects/acme', '--from', DATE, '--until', NEXT, '--per-minute', '100000'];
  const args = (name: string): readonly string[] => {
    const into = ['--store', `sqlite:${join(folder, `${name}.db`)}`, '--state', join(folder, `${name}.json`)];
    return ['backfill', ...span, ...into, '--config', config, '--json'];
  };
  expect((await runHere(args('whole'), environment)).code).toBe(0);
  const before = server.asked.length;
  const { child, ended } = spawnJobtrail(args('ended'), environment);
  let other: Promise<Awaited<ReturnType<typeof runHere>>> | undefined;
  createInterface({ input: child.stdout }).on('line', () => {
    if (other !== undefined) return;
    // The same again, while it goes on.
    other = runHere(args('ended'), environment).finally(() => child.kill('SIGTERM'));
  });
  const { code, out, err } = await ended;
  expect(code, err).toBe(130);
  expect(err).toContain('ends after what is under way');
  expect(JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
    interrupted: true,
    digests: [],
  });
  expect(await other).toMatchObject({ code: 2, err: expect.stringContaining('Another process') });
  const kept = JSON.parse(readFileSync(join(folder, 'ended.json'), 'utf8'));
  expect(kept).toMatchObject({ read: false, done: false });
  const asked = server.asked.length;

  const rest = await runHere(args('ended'), environment);
  expect(rest.code, rest.err).toBe(0);
  expect(rest.err).toContain(`goes on after ${kept.counts.received} entries`);
  // Nothing was read twice.
  expect(server.asked.length).toBe(2 * before);
  expect(asked).toBeLessThan(server.asked.length);
  expect(await rowsOf(`sqlite:${join(folder, 'ended.db')}`)).toEqual(
    await rowsOf(`sqlite:${join(folder, 'whole.db')}`),
  );
  await server.stop();
}, 60_000);
