/** `jobtrail backfill` over real HTTP: the span, the pages, what an API may answer, duplicates, files and objects, digests. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { companyConfig } from '../../cli/day/config.ts';
import type { Terminal } from '../../cli/main.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { DATE, dayEntries, NEXT } from '../backfill/entries.ts';
import { serveLogging, type LoggingServer, type LoggingServerOptions } from '../backfill/logging-server.ts';
import { serveStorage, type StorageServer } from '../backfill/storage-server.ts';
import { comparable } from '../backfill/rows.ts';
import { factsOf } from '../pipeline/facts.ts';
import { runHere, type Ran } from '../support/jobtrail.ts';

/** Everything wakes somebody, by its route. */
const CHANNELS = {
  oncall: { kind: 'pagerduty', routingKey: 'env:KEY' },
  chat: { kind: 'slack-webhook', url: 'env:URL' },
};
const ALERTING = {
  channels: CHANNELS,
  routes: [{ channels: ['oncall'], environments: ['prod'] }, { channels: ['oncall', 'chat'] }],
};

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-backfill-'));
const config = join(folder, 'jobtrail.yaml');
const ENTRIES = dayEntries(2);
let servers: (LoggingServer | StorageServer)[] = [];
let made = 0;

afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  for (const server of servers) await server.stop();
  servers = [];
});

const fresh = (): string => join(folder, `trail-${(made += 1)}.db`);

const run = (environment: Terminal['environment'], ...args: string[]): Promise<Ran> =>
  runHere(args, environment, 100);

const Result = z.object({
  received: z.number(),
  stored: z.number(),
  duplicate: z.number(),
  filtered: z.number(),
  quarantined: z.number(),
  verdicts: z.number(),
  findings: z.number(),
  waiting: z.number(),
  run: z.string(),
  digests: z.array(z.object({ episode: z.string(), findings: z.number() })),
});
const resultOf = (out: string): z.infer<typeof Result> =>
  Result.parse(JSON.parse(out.trimEnd().split('\n').at(-1) ?? ''));

const SPAN = ['--resource', 'projects/acme-prod', '--from', DATE, '--until', NEXT];
const FAST = ['--per-minute', '100000', '--json', '--config', config];

async function logging(options: Partial<LoggingServerOptions> = {}): Promise<LoggingServer> {
  const server = await serveLogging({ entries: ENTRIES, pageSize: 100, ...options });
  servers.push(server);
  return server;
}

async function backfilled(server: LoggingServer, path: string, ...more: string[]) {
  const ran = await run(
    { JOBTRAIL_LOGGING_URL: server.url },
    'backfill',
    ...SPAN,
    ...FAST,
    '--state',
    `${path}.state`,
    '--store',
    `sqlite:${path}`,
    ...more,
  );
  if (ran.code !== 0) throw new Error(ran.err);
  return resultOf(ran.out);
}

async function within<T>(path: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(`sqlite:${path}`);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

const linesOf = (path: string): Promise<readonly string[]> =>
  within(path, async (store) => comparable(await factsOf(store)));

/** What one has and the other has not, so that a difference can be read. */
function expectSame(lines: readonly string[], others: readonly string[]): void {
  const [a, b] = [new Set(lines), new Set(others)];
  expect({ more: [...a.difference(b)].slice(0, 3), less: [...b.difference(a)].slice(0, 3) }).toEqual({
    more: [],
    less: [],
  });
}

let undisturbed: readonly string[] = [];
let first: z.infer<typeof Result>;

beforeAll(async () => {
  writeFileSync(config, JSON.stringify({ ...companyConfig, ...ALERTING }));
  const path = fresh();
  first = await backfilled(await logging(), path);
  undisturbed = await linesOf(path);
}, 120_000);

describe('from Cloud Logging', () => {
  it('accounts for every entry of the span, and knows them all the second time', async () => {
    expect(first.received).toBe(ENTRIES.length);
    expect(first.received).toBe(first.stored + first.duplicate + first.filtered + first.quarantined);
    expect(first.stored).toBeGreaterThan(100);
    const path = fresh();
    const server = await logging();
    await backfilled(server, path);
    const again = await backfilled(server, path);
    expect(again).toMatchObject({ received: first.received, stored: 0, quarantined: 0, digests: [] });
    expect(again.run).not.toBe(first.run);
    expectSame(await linesOf(path), undisturbed);
  }, 60_000);

  it('stores the same rows as a replay of the same entries', async () => {
    const path = fresh();
    const file = join(folder, 'day.ndjson');
    writeFileSync(file, ENTRIES.map(({ text }) => text).join('\n'));
    const ran = await run({}, 'replay', file, '--config', config, '--store', `sqlite:${path}`);
    expect(ran.code).toBe(0);
    const withoutFound = (lines: readonly string[]): readonly string[] =>
      lines.filter((line) => !line.startsWith('["Findings"'));
    expectSame(withoutFound(await linesOf(path)), withoutFound(undisturbed));
  }, 60_000);

  it('asks in order of time, for the filter and the span', async () => {
    const server = await logging();
    await backfilled(server, fresh(), '--filter', 'severity>=NOTICE OR logName:x');
    expect(server.asked[0]).toMatchObject({
      resourceNames: ['projects/acme-prod'],
      filter: `(severity>=NOTICE OR logName:x\n) AND timestamp>="${DATE}T00:00:00.000000000Z" AND timestamp<"${NEXT}T00:00:00.000000000Z"`,
    });
    expect(server.asked.length).toBe(Math.ceil(ENTRIES.length / 100));
  });

  it.each([
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '1' } }],
    ['500', { status: 500 }],
    ['503', { status: 503, body: 'upstream connect error' }],
    ['an answer that is cut off', { status: 200, body: '{"entries": [{"logName": ' }],
  ])(
    'asks again after %s, and loses nothing',
    async (_name, answer) => {
      const path = fresh();
      const server = await logging({ instead: (number) => (number === 3 ? answer : undefined) });
      const result = await backfilled(server, path);
      expect(result).toMatchObject({ received: first.received, stored: first.stored });
      expectSame(await linesOf(path), undisturbed);
    },
    30_000,
  );

  it('begins anew where it was when a page token has expired', async () => {
    const path = fresh();
    const server = await logging({
      after: (number, { expireTokens }) => (number === 4 ? expireTokens() : undefined),
    });
    const result = await backfilled(server, path);
    expect(result.stored).toBe(first.stored);
    expect(result.received - first.received).toBeGreaterThan(0);
    expect(result.received - first.received).toBeLessThan(100);
    const tokens = server.asked.map(({ pageToken }) => pageToken !== undefined);
    expect(tokens.slice(0, 7)).toEqual([false, true, true, true, true, false, true]);
    expectSame(await linesOf(path), undisturbed);
  }, 30_000);

  it.each([
    [403, 'PERMISSION_DENIED for _AllLogs', 'roles/logging.privateLogViewer'],
    [400, 'Unparseable filter', 'Correct the names and the filter'],
  ])(
    'ends at %s with what the API says',
    async (status, message, hint) => {
      const body = JSON.stringify({ error: { message } });
      const server = await logging({ instead: () => ({ status, body }) });
      const path = fresh();
      const ran = await run(
        { JOBTRAIL_LOGGING_URL: server.url },
        'backfill',
        ...SPAN,
        '--store',
        `sqlite:${path}`,
        '--state',
        `${path}.state`,
      );
      expect(ran.code).not.toBe(0);
      expect(ran.err).toContain(message);
      expect(ran.err).toContain(hint);
      expect(server.asked.length).toBe(1);
    },
    60_000,
  );

  it('tells its progress, one object a line', async () => {
    const path = fresh();
    const server = await logging();
    const ran = await run(
      { JOBTRAIL_LOGGING_URL: server.url },
      'backfill',
      ...SPAN,
      ...FAST,
      '--state',
      `${path}.state`,
      '--store',
      `sqlite:${path}`,
    );
    const steps = ran.out
      .trimEnd()
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{"progress"'))
      .map((line) => Progress.parse(JSON.parse(line)).progress);
    expect(steps.length).toBe(Math.ceil(ENTRIES.length / 100));
    expect(steps.map(({ received }) => received).toSorted((a, b) => a - b)).toEqual(
      steps.map(({ received }) => received),
    );
    expect(steps[3]?.reached?.slice(0, 10)).toBe(DATE);
    expect(steps[3]?.part).toBeGreaterThan(0);
    expect(steps[3]?.leftSeconds).toBeGreaterThanOrEqual(0);
    expect(steps.at(-1)?.part).toBe(1);
  }, 30_000);
});

const Progress = z.object({
  progress: z.object({
    received: z.number(),
    duplicate: z.number(),
    quarantined: z.number(),
    reached: z.string().optional(),
    part: z.number().optional(),
    leftSeconds: z.number().optional(),
  }),
});

describe('what it leaves alone', () => {
  it('pages nobody, moves no watermark, and tells of what it found in a digest', async () => {
    const path = fresh();
    const result = await backfilled(await logging(), path);
    await within(path, async (store) => {
      expect(await Array.fromAsync(store.scan('Arrivals'))).toEqual([]);
      expect(await Array.fromAsync(store.scan('Paths'))).toEqual([]);
      // No sweep of `deliver` finds a violation without an alert, however far it looks back.
      expect(await store.alerts.unclaimedFindings('1970-01-01T00:00:00.000000000Z', 10)).toEqual([]);
      const violations = (await Array.fromAsync(store.scan('Findings'))).filter(
        (row) => row['Verdict'] === 'violation',
      );
      expect(violations.length).toBeGreaterThan(5);
      const episodes = await store.alerts.episodes({ limit: 1000 });
      expect(episodes.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual(
        result.digests.map(() => 'backfill-digest low'),
      );
      expect(result.digests.reduce((sum, { findings }) => sum + findings, 0)).toBe(violations.length);
      const channels = CHANNELS;
      for (const episode of episodes) {
        const deliveries = await store.alerts.deliveries(episode);
        expect(deliveries.length).toBeGreaterThan(0);
        for (const { channel } of deliveries) expect(kindOf(channels, channel)).not.toBe('pagerduty');
        expect(episode.finding.evidence.length).toBeGreaterThan(3);
      }
      // Nothing is left for reconcile that it would alert of.
      expect((await store.work.queues()).filter((queue) => !queue.startsWith('backfill'))).toEqual([]);
      const receipts = await Array.fromAsync(store.scan('Receipts'));
      expect(new Set(receipts.map((row) => row['Path']))).toEqual(new Set(['backfill']));
    });
  }, 60_000);

  it('leaves out what is younger than three hours, by name', async () => {
    const path = fresh();
    const young = new Date(Date.now() - 3_600_000).toISOString();
    const file = join(folder, 'young.ndjson');
    const [entry] = ENTRIES;
    const parsed = z.record(z.string(), z.unknown()).parse(JSON.parse(entry?.text ?? ''));
    const changed = { ...parsed, timestamp: young, insertId: 'young' };
    writeFileSync(file, `${entry?.text}\n${JSON.stringify(changed)}\n`);
    const ran = await run(
      {},
      'backfill',
      file,
      ...FAST,
      '--state',
      `${path}.state`,
      '--store',
      `sqlite:${path}`,
    );
    expect(resultOf(ran.out)).toMatchObject({ received: 2, filtered: 1 });
    await within(path, async (store) => {
      const receipts = await Array.fromAsync(store.scan('Receipts'));
      expect(receipts.map((row) => row['FilteredBy']).join('')).toContain('backfill:too-young');
    });
  });
});

const kindOf = (
  channels: Readonly<Record<string, { readonly kind: string }>>,
  name: string,
): string | undefined => (Object.hasOwn(channels, name) ? channels[name]?.kind : 'log');

describe('from files and objects', () => {
  const half = Math.floor(ENTRIES.length / 2);
  const text = (from: number, until: number): string =>
    `${ENTRIES.slice(from, until)
      .map((entry) => entry.text)
      .join('\n')}\n`;

  it('reads files, compressed ones too, to the same rows', async () => {
    const path = fresh();
    const one = join(folder, 'one.ndjson');
    const two = join(folder, 'two.ndjson.gz');
    writeFileSync(one, text(0, half));
    writeFileSync(two, gzipSync(text(half, ENTRIES.length)));
    const ran = await run(
      {},
      'backfill',
      one,
      two,
      ...FAST,
      '--state',
      `${path}.state`,
      '--store',
      `sqlite:${path}`,
    );
    expect(resultOf(ran.out)).toMatchObject({ received: ENTRIES.length, stored: first.stored });
    expectSame(await linesOf(path), undisturbed);
  }, 60_000);

  it('reads every object of a prefix, and goes on where a download broke off', async () => {
    const path = fresh();
    const quarter = Math.ceil(ENTRIES.length / 4);
    // As Cloud Logging names them: files of an hour, and what came late to it, which is first by name.
    const hours = [
      '00:00:00_00:59:59_S0',
      '00:00:00_00:59:59_A0:7',
      '01:00:00_01:59:59_S0',
      '01:00:00_01:59:59_S1',
    ];
    const objects = new Map(
      hours.map((hour, part) => [
        `exports/audit/activity/2026/01/10/${hour}.json`,
        { generation: `17${part}`, bytes: Buffer.from(text(part * quarter, (part + 1) * quarter)) },
      ]),
    );
    objects.set('exports/other.json', { generation: '1', bytes: Buffer.from('no entry') });
    objects.set('exports/audit/', { generation: '1', bytes: Buffer.from('') });
    const server = await serveStorage({ objects, pageSize: 2, delayMs: 2, breaksOff: new Set([2, 4]) });
    servers.push(server);
    const ran = await run(
      { STORAGE_EMULATOR_HOST: server.url },
      'backfill',
      'gs://exports/audit/',
      ...FAST,
      '--state',
      `${path}.state`,
      '--store',
      `sqlite:${path}`,
    );
    expect(ran.out).toContain('breaks off');
    expect(resultOf(ran.out).stored).toBe(first.stored);
    expect(server.read.length).toBe(6);
    expectSame(await linesOf(path), undisturbed);
  }, 60_000);
});

describe('the command line', () => {
  it.each([
    [['backfill'], 2, 'either Cloud Logging'],
    [['backfill', 'x.json', '--resource', 'projects/p'], 2, 'either Cloud Logging'],
    [['backfill', '--resource', 'projects/p'], 2, '--from'],
    [['backfill', '--resource', 'projects/p', '--from', 'yesterday'], 2, 'RFC 3339'],
    [['backfill', '--resource', 'projects/p', '--from', DATE, '--until', '2999-01-01'], 2, 'three hours'],
    [['backfill', '--resource', 'projects/p', '--from', NEXT, '--until', DATE], 2, 'is empty'],
    [['backfill', 'x.json', '--from', DATE], 2, 'files are read whole'],
    [['backfill', '/nowhere/x.json'], 1, '/nowhere/x.json'],
    [['backfill', '--resource', 'projects/p', '--from', DATE, '--per-minute', '0'], 2, 'whole number'],
  ])('%j says what is wrong', async (args, code, says) => {
    const state = join(folder, `usage-${(made += 1)}.state`);
    const ran = await run({}, ...args, '--store', 'sqlite::memory:', '--state', state);
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(says);
  });

  it('takes up no state of another backfill', async () => {
    const server = await logging();
    const path = fresh();
    await backfilled(server, path);
    const ran = await run(
      { JOBTRAIL_LOGGING_URL: server.url },
      'backfill',
      ...SPAN,
      '--filter',
      'severity=ERROR',
      '--state',
      `${path}.state`,
      '--store',
      `sqlite:${path}`,
    );
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('another backfill');
    expect(readFileSync(`${path}.state`, 'utf8')).toContain('"done":true');
  }, 30_000);
});
