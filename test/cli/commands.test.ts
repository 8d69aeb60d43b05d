/** The command line as a user types it, in process: output, exit codes, errors that say what to do next. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { generateDay } from '../../cli/day/day.ts';
import { companyConfig } from '../../cli/day/config.ts';
import { main, type Terminal } from '../../cli/main.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-cli-'));
const store = `sqlite:${join(folder, 'trail.db')}`;
const config = join(folder, 'jobtrail.yaml');
const day = join(folder, 'day.ndjson');
const entry = join(folder, 'entry.ndjson');

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(...args: string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const terminal: Terminal = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    isTty: false,
    outIsTty: false,
    columns: 100,
    environment: {},
  };
  const code = await main(args, terminal);
  return { code, out, err };
}

const Counts = z.object({
  received: z.number(),
  stored: z.number(),
  duplicate: z.number(),
  filtered: z.number(),
  quarantined: z.number(),
  events: z.number(),
});

const lastJson = (out: string): z.infer<typeof Counts> =>
  Counts.parse(JSON.parse(out.trimEnd().split('\n').at(-1) ?? ''));

const lines = generateDay({ date: '2026-11-18', seed: 7 }).map((message) =>
  message.data.replaceAll('\n', ' '),
);

beforeAll(async () => {
  writeFileSync(day, `${lines.join('\n')}\n`);
  writeFileSync(entry, lines.slice(0, 2).join('\n'));
  writeFileSync(config, JSON.stringify(companyConfig));
  const { code, err } = await run('replay', day, '--store', store, '--config', config);
  if (code !== 0) throw new Error(err);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('replay', () => {
  it('accounts for every line, and knows them all the second time', async () => {
    const fresh = `sqlite:${join(folder, 'fresh.db')}`;
    const first = lastJson((await run('replay', '--json', day, '--store', fresh)).out);
    expect(first.received).toBe(lines.filter((line) => line.trim() !== '').length);
    expect(first.received).toBe(first.stored + first.duplicate + first.filtered + first.quarantined);
    expect(first.events).toBe(first.stored);
    const second = lastJson((await run('replay', '--json', day, '--store', fresh)).out);
    expect(second).toEqual({
      ...first,
      stored: 0,
      quarantined: 0,
      events: 0,
      duplicate: first.received - first.filtered,
    });
  });

  it('reads gzip and JSON arrays to the same events', async () => {
    // A number above 2^53 does not outlive being parsed here.
    const valid = lines.filter((line) => isObject(line) && JSON.stringify(JSON.parse(line)) === line);
    const array = join(folder, 'array.json');
    const packed = join(folder, 'day.ndjson.gz');
    writeFileSync(
      array,
      JSON.stringify(
        valid.map((line) => JSON.parse(line) as unknown),
        null,
        2,
      ),
    );
    writeFileSync(packed, gzipSync(`${valid.join('\n')}\n`));
    const events = join(folder, 'events.ndjson');
    const from = async (file: string): Promise<string[]> => {
      await run('replay', file, '--store', 'sqlite::memory:', '--events', events);
      // An undated event expires as if it had happened when it came.
      return readFileSync(events, 'utf8')
        .replaceAll(/"ExpireAt":"[^"]*"/g, '')
        .split('\n')
        .toSorted();
    };
    const ofPacked = await from(packed);
    expect(ofPacked.length).toBeGreaterThan(500);
    expect(await from(array)).toEqual(ofPacked);
  }, 120_000);

  it.each([
    [['replay'], 2, 'needs the files'],
    [['replay', '/nowhere/x.ndjson'], 1, '/nowhere/x.ndjson'],
    [['replay', folder], 1, 'folder'],
    [['replay', day, '--store', 'mysql:x'], 2, 'names no store'],
    [['replay', day, '--colour'], 2, '--colour'],
    [['replay', day, '--config', entry], 1, 'configuration'],
  ])('%j says what is wrong', async (args, code, says) => {
    const ran = await run(...args);
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(says);
    expect(ran.err).not.toContain('    at ');
  });
});

describe('query', () => {
  it('lists the queries with their parameters', async () => {
    const { code, out } = await run('query');
    expect(code).toBe(0);
    for (const name of ['jobs', 'balance', 'upstream', 'who-touched-dataset', 'last-night', 'quarantine']) {
      expect(out).toMatch(new RegExp(`^${name}$`, 'm'));
    }
    expect(out).toContain('--param dataset=STRING  required');
  });

  it.each(['table', 'json', 'csv'])('prints %s', async (format) => {
    const { code, out } = await run('query', 'balance', '--store', store, '--format', format);
    expect(code).toBe(0);
    expect(out).toContain('dataproc');
  });

  it('shows what ran at night in production', async () => {
    const night = ['from=2026-11-18T00:00:00Z', 'until=2026-11-18T06:00:00Z', 'environment=prod'];
    const params = night.flatMap((param) => ['--param', param]);
    const { out } = await run('query', 'last-night', '--store', store, ...params);
    expect(out).toContain('acme-data-prod');
    expect(out).not.toContain('acme-data-dev');
  });

  it.each([
    [['query', 'nothing'], 'There are:'],
    [['query', 'upstream'], 'dataset'],
    [['query', 'jobs', '--param', 'limit'], 'KEY=VALUE'],
    [['query', 'jobs', '--param', 'limit=many'], 'limit'],
    [['query', 'jobs', '--format', 'xml'], 'table, json, csv'],
  ])('%j says what is wrong', async (args, says) => {
    const ran = await run(...args, '--store', store);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(says);
  });
});

describe('explain', () => {
  const Job = z.object({ JobId: z.string(), Actor: z.string().nullable(), Writes: z.string() });

  it('tells of a job, its principal and its dataset', async () => {
    const { out } = await run('query', 'jobs', '--store', store, '--format', 'json', '--param', 'limit=500');
    const jobs = out
      .trimEnd()
      .split('\n')
      .map((line) => Job.parse(JSON.parse(line)));
    const job = jobs.find(({ Actor, Writes }) => Actor !== null && Writes !== '');
    if (job === undefined) throw new Error('the day has jobs that write');
    const told = await run('explain', job.JobId, '--store', store);
    expect(told.out).toContain(`job ${job.JobId}`);
    expect(told.out).toContain(job.Actor ?? '');
    expect(told.out).toMatch(/^audit entries$/m);
    const event = /[0-9a-f]{64}/.exec(told.out)?.[0] ?? '';
    expect((await run('explain', event, '--store', store)).out).toContain('contents under this id');
    const who = await run('explain', job.Actor ?? '', '--store', store);
    expect(who.out).toContain(job.JobId);
    const dataset = await run('explain', job.Writes.split(', ')[0] ?? '', '--store', store);
    expect(dataset.out).toMatch(/^pushed to it$/m);
    expect(dataset.out).toContain(job.JobId);
  });

  it('shows the mesh calls a job came through', async () => {
    const id = 'dataproc:acme-data-prod/europe-west1/job/training-set-push-late-20261118';
    const { out } = await run('explain', id, '--store', store);
    expect(out).toMatch(/^mesh calls$[^]*request-id[^]*^audit entries$/m);
  });

  it('finds a person by the e-mail alone', async () => {
    const { code, out } = await run('explain', 'ana@example.com', '--store', store, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ kind: 'principal', id: 'user:google:ana@example.com' });
  });

  it('says when nothing is known', async () => {
    const { code, err } = await run('explain', 'gs://nobody/knows', '--store', store);
    expect(code).toBe(1);
    expect(err).toContain('Nothing is stored');
  });
});

describe('help', () => {
  it.each([['--help'], ['help', 'replay'], ['query', '--help'], ['explain', '-h'], ['start', '--help']])(
    '%s %s',
    async (...args) => {
      const { code, out } = await run(...args.filter(Boolean));
      expect(code).toBe(0);
      expect(out).toContain('usage:');
    },
  );

  it('is what an empty or wrong command gets', async () => {
    expect((await run()).code).toBe(2);
    expect((await run('reply')).err).toContain('no command');
  });
});

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
