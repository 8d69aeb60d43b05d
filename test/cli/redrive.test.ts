/** `jobtrail redrive` of quarantine: what can be read now is stored and marked, the rest stays; killed midway it ends the same. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { companyConfig } from '../../cli/day/config.ts';
import { main } from '../../cli/main.ts';
import { LOG_ENTRY } from '../../shared/pipeline/ingest-records.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { countRows, dayEntries } from '../backfill/entries.ts';
import { quarantineAll } from '../backfill/quarantined.ts';
import { comparable } from '../backfill/rows.ts';
import { factsOf } from '../pipeline/facts.ts';
import { endAbandoned } from '../support/abandoned.ts';
import { describeWithEmulators, freshSpannerDatabase } from '../support/emulators.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'jobtrail-redrive-'));
const config = join(folder, 'jobtrail.yaml');
const BROKEN = '{"logName":"projects/p/logs/x","timestamp":"yesterday"}';
const TEXTS = dayEntries(2).map(({ text }) => text);
let made = 0;

beforeAll(() => writeFileSync(config, JSON.stringify(companyConfig)));
afterAll(() => rmSync(folder, { recursive: true }));

const fresh = (): string => join(folder, `trail-${(made += 1)}.db`);

const Result = z.object({
  rows: z.number(),
  stored: z.number(),
  duplicate: z.number(),
  filtered: z.number(),
  stays: z.number(),
  byReason: z.record(z.string(), z.object({ rows: z.number() })),
  staysFor: z.record(z.string(), z.number()),
});

async function redrive(store: string, ...more: string[]): Promise<z.infer<typeof Result>> {
  let out = '';
  let err = '';
  const code = await main(['redrive', '--json', '--store', store, '--config', config, ...more], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    isTty: false,
    outIsTty: false,
    columns: 100,
    environment: {},
  });
  if (code !== 0) throw new Error(err);
  return Result.parse(JSON.parse(out));
}

async function within<T>(spec: string, use: (store: Store) => Promise<T>, emulatorHost?: string): Promise<T> {
  const store = await openStore(spec, { emulatorHost });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function quarantined(spec: string, texts = TEXTS, emulatorHost?: string): Promise<void> {
  await within(spec, (store) => quarantineAll(store, texts, config), emulatorHost);
}

const linesOf = (spec: string, emulatorHost?: string): Promise<readonly string[]> =>
  within(spec, async (store) => comparable(await factsOf(store)), emulatorHost);

/** The rows of a redrive that nobody disturbed. */
async function undisturbed(): Promise<readonly string[]> {
  const spec = `sqlite:${fresh()}`;
  await quarantined(spec);
  await redrive(spec);
  return ofEvents(await linesOf(spec));
}

/** Of a store where nothing was ever quarantined. */
async function idsWithoutFault(): Promise<ReadonlySet<string>> {
  const spec = `sqlite:${fresh()}`;
  const file = join(folder, 'day.ndjson');
  writeFileSync(file, TEXTS.join('\n'));
  const silent = {
    out: () => undefined,
    err: () => undefined,
    isTty: false,
    outIsTty: false,
    columns: 80,
    environment: {},
  };
  expect(await main(['replay', file, '--store', spec, '--config', config], silent)).toBe(0);
  return idsOf(spec);
}

const idsOf = (spec: string): Promise<ReadonlySet<string>> =>
  within(spec, async (store) => {
    const events = await Array.fromAsync(store.scan('Events'));
    return new Set(events.map((row) => String(row['EventId'])));
  });

/** What one entry makes: findings over several records are reconcile's. */
const ofEvents = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => !/^\["(?:Quarantine|Findings)"/.test(line)).toSorted();

/** What one has and the other has not, so that a difference can be read. */
function expectSame(lines: readonly string[], others: readonly string[]): void {
  const [a, b] = [new Set(lines), new Set(others)];
  expect(a.size).toBeGreaterThan(500);
  expect({ more: [...a.difference(b)].slice(0, 3), less: [...b.difference(a)].slice(0, 3) }).toEqual({
    more: [],
    less: [],
  });
}

describe('redrive of quarantine', () => {
  it('stores what can be read now, marks it, and leaves the rest', async () => {
    const path = fresh();
    await quarantined(`sqlite:${path}`, [...TEXTS, BROKEN]);
    const rows = countRows(path, 'Quarantine');
    const foreseen = await redrive(`sqlite:${path}`, '--dry-run');
    expect(countRows(path, 'Events')).toBe(0);
    expect(countRows(path, 'Redriven')).toBe(0);
    expect(countRows(path, 'Bundles')).toBe(0);
    const result = await redrive(`sqlite:${path}`);
    expect(result).toEqual(foreseen);
    expect(result.rows).toBe(rows);
    expect(result.rows).toBe(result.stored + result.duplicate + result.filtered + result.stays);
    expect(result.stored).toBeGreaterThan(300);
    expect(result.staysFor['entry-bad-time']).toBe(1);
    expect(countRows(path, 'Redriven')).toBe(rows - result.stays);
    expect(countRows(path, 'Quarantine')).toBe(rows);
    // What stays is all that is left.
    const again = await redrive(`sqlite:${path}`);
    expect(again).toMatchObject({ rows: result.stays, stays: result.stays, stored: 0 });
    // Secrets were taken out of the raw texts, which their rows show; the events are those of a day without the fault.
    expect(await idsOf(`sqlite:${path}`)).toEqual(await idsWithoutFault());
    // Nobody was told of these before: their violations are left to the sweep of deliver, and no arrival is made up.
    await within(`sqlite:${path}`, async (store) => {
      expect((await store.alerts.unclaimedFindings('1970-01-01T00:00:00.000000000Z', 5)).length).toBe(5);
      const paths = (await Array.fromAsync(store.scan('Receipts'))).map((row) => row['Path']);
      expect(new Set(paths)).toEqual(new Set(['push', 'redrive']));
    });
  }, 120_000);

  it('takes only what is asked for', async () => {
    const path = fresh();
    await quarantined(`sqlite:${path}`, TEXTS.slice(0, 200));
    expect((await redrive(`sqlite:${path}`, '--reason', 'row-limit')).rows).toBe(0);
    expect((await redrive(`sqlite:${path}`, '--since', '2026-11-26')).rows).toBe(0);
    expect((await redrive(`sqlite:${path}`, '--limit', '7')).rows).toBe(7);
    const ofIstio = await redrive(`sqlite:${path}`, '--source', 'istio');
    expect(ofIstio.rows).toBeGreaterThan(0);
    await within(`sqlite:${path}`, async (store) => {
      const left = (await redrive(`sqlite:${path}`, '--dry-run', '--source', 'istio')).rows;
      expect(left).toBe(0);
      expect((await Array.fromAsync(store.scan('Redriven'))).length).toBe(ofIstio.rows + 7);
    });
  }, 60_000);

  it('never takes a log entry that somebody posted', async () => {
    const path = fresh();
    await within(`sqlite:${path}`, (store) =>
      store.commit({
        source: 'kong',
        path: 'push',
        entries: [
          {
            kind: 'quarantine',
            rows: [
              {
                table: 'Quarantine',
                row: {
                  QuarantineId: 'f'.repeat(64),
                  Source: 'kong',
                  Reason: LOG_ENTRY.code,
                  Message: LOG_ENTRY.reason,
                  Raw: TEXTS[0],
                  RawEncoding: 'utf8',
                  RawBytes: 1,
                  FirstSeen: '2026-11-25T00:00:00.000000000Z',
                  ExpireAt: '2027-11-25T00:00:00.000000000Z',
                },
              },
            ],
          },
        ],
        filteredBy: {},
        unknownMethods: {},
        now: '2026-11-25T00:00:00.000000000Z',
      }),
    );
    const result = await redrive(`sqlite:${path}`);
    expect(result).toMatchObject({ rows: 1, stays: 1, staysFor: { 'not-from-cloud-logging': 1 } });
    expect(countRows(path, 'Events')).toBe(0);
  });

  it('killed midway and started again ends with the same rows', async () => {
    const path = fresh();
    await quarantined(`sqlite:${path}`);
    const rows = countRows(path, 'Quarantine');
    const child = spawn(
      process.execPath,
      [join(root, 'cli/jobtrail.mjs'), 'redrive', '--store', `sqlite:${path}`, '--config', config],
      { stdio: 'ignore' },
    );
    const watch = setInterval(() => {
      if (countRows(path, 'Events') > 0) child.kill('SIGKILL');
    }, 2);
    const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
    clearInterval(watch);
    expect(signal).toBe('SIGKILL');
    expect(countRows(path, 'Redriven')).toBeLessThan(rows);
    const rest = await redrive(`sqlite:${path}`);
    expect(rest.rows).toBeGreaterThan(0);
    expect(countRows(path, 'Redriven')).toBe(rows - rest.stays);
    expectSame(ofEvents(await linesOf(`sqlite:${path}`)), await undisturbed());
  }, 120_000);
});

describe('the command line of redrive', () => {
  it.each([
    [['x'], 'takes no names'],
    [['--dead-letters', 'letters'], 'takes a subscription'],
    [['--dead-letters', 'projects/p/subscriptions/sub', '--reason', 'x'], '--reason is for quarantine'],
    [['--since', 'now'], 'RFC 3339'],
    // Misspelt it would find nothing, which is what there is when all is well.
    [['--reason', 'line-grammer'], '--reason knows no line-grammer'],
    [['--reason', 'store-unavailable'], '--reason knows no store-unavailable'],
    [['--source', 'dataprock'], '--source knows no dataprock'],
    [['--source', 'unknown'], '--source knows no unknown'],
    [['--as', 'istio'], 'for dead letters'],
    [['--dead-letters', 'projects/p/subscriptions/sub', '--as', 'x'], '--as knows no x'],
    [['--dead-letters', 'projects/p/subscriptions/sub', '--source', 'unrouted'], 'knows no unrouted'],
    [['--dead-letters', 'projects/p/subscriptions/sub', '--wait', 'x'], 'whole number'],
  ])('%j says what is wrong', async (args, says) => {
    await expect(redrive('sqlite::memory:', ...args)).rejects.toThrow(says);
  });
});

describeWithEmulators('redrive of quarantine in Cloud Spanner', ['spanner'], (hosts) => {
  it('killed midway and started again ends with the rows of the embedded store', async () => {
    const host = hosts.spanner();
    const spec = await freshSpannerDatabase(host);
    await quarantined(spec, TEXTS, host);
    const args = [join(root, 'cli/jobtrail.mjs'), 'redrive', '--store', spec, '--config', config];
    const environment = { ...process.env, SPANNER_EMULATOR_HOST: host };
    let err = '';
    const start = () => {
      const child = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      const end = new Promise((resolve) => child.on('close', (code, by) => resolve(by ?? code)));
      return { child, end };
    };
    await within(
      spec,
      async (store) => {
        const { child, end } = start();
        const events = async (): Promise<number> => {
          const { rows } = await store.query('SELECT COUNT(*) AS Events FROM Events', {});
          return Number(rows[0]?.['Events']);
        };
        while ((await events()) === 0 && child.exitCode === null);
        child.kill('SIGKILL');
        expect(await end, err).toBe('SIGKILL');
        await endAbandoned(spec, host);
        expect(await start().end, err).toBe(0);
      },
      host,
    );
    expectSame(ofEvents(await linesOf(spec, host)), await undisturbed());
  }, 180_000);
});
