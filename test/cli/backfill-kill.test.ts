/** A backfill as a process, ended by SIGKILL in the middle and started again, on both stores: the rows of one that nobody disturbed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { companyConfig } from '../../cli/day/config.ts';
import { openStore } from '../../shared/store/open.ts';
import { DATE, dayEntries, NEXT } from '../backfill/entries.ts';
import { serveLogging } from '../backfill/logging-server.ts';
import { comparable, verdictLines } from '../backfill/rows.ts';
import { serveStorage } from '../backfill/storage-server.ts';
import { balanceOf } from '../backfill/rows.ts';
import { factsOf } from '../pipeline/facts.ts';
import { endAbandoned } from '../support/abandoned.ts';
import { describeWithEmulators, freshSpannerDatabase } from '../support/emulators.ts';
import { type Environment, runHere, spawnJobtrail } from '../support/jobtrail.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobtrail-backfill-kill-'));
const config = join(folder, 'jobtrail.yaml');
const ENTRIES = dayEntries(4);
let made = 0;

beforeAll(() => writeFileSync(config, JSON.stringify(companyConfig)));
afterAll(() => rmSync(folder, { recursive: true }));

/** After so many lines of progress; while it judges what several records say. */
type Moment = number | 'judging';

/** Ended by SIGKILL. */
async function killed(args: readonly string[], environment: Environment, moment: Moment): Promise<void> {
  const { child, ended } = spawnJobtrail(args, environment);
  let steps = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{"progress"')) steps += 1;
    if (steps === moment || (moment === 'judging' && line.startsWith('{"judged"'))) child.kill('SIGKILL');
  });
  const { signal, err } = await ended;
  expect(signal, err).toBe('SIGKILL');
}

interface Way {
  readonly name: string;
  readonly start: () => Promise<{
    readonly args: readonly string[];
    readonly environment: Environment;
    readonly stop: () => Promise<void>;
  }>;
}

const WAYS: readonly Way[] = [
  {
    name: 'from Cloud Logging',
    async start() {
      const server = await serveLogging({ entries: ENTRIES, pageSize: 60, delayMs: 20 });
      return {
        args: ['--resource', 'projects/acme', '--from', DATE, '--until', NEXT, '--per-minute', '100000'],
        environment: { JOBTRAIL_LOGGING_URL: server.url },
        stop: () => server.stop(),
      };
    },
  },
  {
    name: 'from Cloud Storage',
    async start() {
      const part = Math.ceil(ENTRIES.length / 8);
      const objects = new Map(
        Array.from({ length: 8 }, (_none, index) => {
          const lines = ENTRIES.slice(index * part, (index + 1) * part).map(({ text }) => text);
          return [`exports/p${index}.json`, { generation: '1', bytes: Buffer.from(lines.join('\n')) }];
        }),
      );
      const server = await serveStorage({ objects, pageSize: 3, delayMs: 5 });
      return {
        args: ['gs://exports/p'],
        environment: { STORAGE_EMULATOR_HOST: server.url },
        stop: () => server.stop(),
      };
    },
  },
];

async function rowsOf(store: string, emulatorHost?: string) {
  const opened = await openStore(store, { emulatorHost });
  try {
    return {
      facts: comparable(await factsOf(opened)).toSorted(),
      verdicts: (await verdictLines(opened)).toSorted(),
      balance: await balanceOf(opened),
      unclaimed: (await opened.alerts.unclaimedFindings('1970-01-01T00:00:00.000000000Z', 10)).length,
      digests: (await opened.alerts.episodes({ limit: 100 }))
        .map(({ rule, finding }) => `${rule} ${finding.environment} ${finding.summary}`)
        .toSorted(),
    };
  } finally {
    await opened.close();
  }
}

async function disturbed(
  way: Way,
  store: string,
  environment: Environment,
  kills: readonly Moment[],
  afterKill: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { args, environment: own, stop } = await way.start();
  const state = join(folder, `state-${(made += 1)}.json`);
  const all = ['backfill', ...args, '--store', store, '--config', config, '--state', state, '--json'];
  try {
    for (const moment of kills) {
      await killed(all, { ...own, ...environment }, moment);
      await afterKill();
    }
    const { code, err } = await runHere(all, { ...own, ...environment });
    expect(code, err).toBe(0);
  } finally {
    await stop();
  }
}

const freshFile = (): string => `sqlite:${join(folder, `trail-${(made += 1)}.db`)}`;

/** The rows of a run that nobody disturbed, whatever was read and into which store. */
let undisturbed: Awaited<ReturnType<typeof rowsOf>>;
beforeAll(async () => {
  const [way] = WAYS;
  if (way === undefined) throw new Error('no way');
  const store = freshFile();
  await disturbed(way, store, {}, []);
  undisturbed = await rowsOf(store);
}, 60_000);

it('has what to compare', () => {
  expect(undisturbed.facts.length).toBeGreaterThan(500);
  expect(undisturbed.digests.length).toBeGreaterThan(0);
});

describe.each(WAYS)('$name, killed', (way) => {
  it('ends with the same rows in the embedded store', async () => {
    const store = freshFile();
    await disturbed(way, store, {}, [1, 3, 'judging']);
    expect(await rowsOf(store)).toEqual(undisturbed);
  }, 120_000);
});

describeWithEmulators('a backfill into Cloud Spanner', ['spanner'], (hosts) => {
  it('that is killed ends with the rows of the embedded store', async () => {
    const host = hosts.spanner();
    const spanner = await freshSpannerDatabase(host);
    const [way] = WAYS;
    if (way === undefined) throw new Error('no way');
    const environment = { SPANNER_EMULATOR_HOST: host };
    await disturbed(way, spanner, environment, [1, 3, 'judging'], () => endAbandoned(spanner, host));
    expect(await rowsOf(spanner, host)).toEqual(undisturbed);
  }, 180_000);
});
